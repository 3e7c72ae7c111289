-- What came in the newest windows of 30 seconds?
-- param: windows bigint = 3
SELECT window_start, zip, calls, leading_complaint
FROM lake.live_complaints
QUALIFY dense_rank() OVER (ORDER BY window_start DESC) <= $windows
ORDER BY window_start DESC, calls DESC, zip
