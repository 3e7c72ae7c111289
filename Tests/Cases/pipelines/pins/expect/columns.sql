-- Columns in order.
SELECT table_name AS "table", string_agg(column_name || ' ' || data_type, ', ' ORDER BY column_index) AS columns
FROM duckdb_columns() WHERE schema_name = 'lake' GROUP BY ALL
