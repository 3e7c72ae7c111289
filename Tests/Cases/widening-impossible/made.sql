SELECT id, n AS value FROM source -- its type is that of n
