-- Milliseconds since 1970 become times; 1.44E+12, as a spreadsheet leaves them, is such a number too.
SELECT make_timestamptz(timestamp::BIGINT * 1000) AS time, itemid, property, value
FROM source
