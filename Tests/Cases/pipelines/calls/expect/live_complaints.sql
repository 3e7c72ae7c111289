SELECT zip, window_start, calls, leading_complaint FROM lake.live_complaints ORDER BY window_start, zip
