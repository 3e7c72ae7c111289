SELECT id, "user".name AS name, len("user".tags) AS tags, amount, "when", mixed, ok, text, gone
FROM events
