-- Rows by the way in which they came. A record that came again counts where it came last.
SELECT 'posts' AS "table", split_part(_source, '/', 2) AS "from", count(*) AS rows FROM posts GROUP BY ALL
UNION ALL SELECT 'places', split_part(_source, '/', 2), count(*) FROM places GROUP BY ALL
UNION ALL SELECT 'users', split_part(_source, '/', 2), count(*) FROM users GROUP BY ALL
UNION ALL SELECT 'users, warehouse', split_part(_source, '/', 2), count(*) FROM warehouse.users GROUP BY ALL
