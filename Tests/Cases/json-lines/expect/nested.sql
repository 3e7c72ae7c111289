SELECT id, unnest("user".tags) AS tag FROM events
