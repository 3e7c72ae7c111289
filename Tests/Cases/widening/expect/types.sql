SELECT DISTINCT typeof(id) AS id, typeof(amount) AS amount, typeof(code) AS code,
    typeof(day) AS day, typeof(big) AS big
FROM lake.codes
