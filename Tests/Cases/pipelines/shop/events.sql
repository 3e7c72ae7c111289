-- Milliseconds since 1970 become times; 1.43322E+12, as a spreadsheet leaves them, is such a number too.
SELECT make_timestamptz(timestamp::BIGINT * 1000) AS time, visitorid, event, itemid, transactionid
FROM source
