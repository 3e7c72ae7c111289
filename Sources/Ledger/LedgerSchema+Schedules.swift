extension LedgerSchema {
    static let schedulesAndRunsByHand = """
        -- One row per schedule trigger of the settings. Its times up to `settled_us` are dealt with:
        -- they have a delivery, or a later one stands for them. Times of a rate count from
        -- `started_us`.
        CREATE TABLE schedules (
            trigger_id TEXT PRIMARY KEY,
            expression TEXT NOT NULL CHECK (expression <> ''),
            started_us INTEGER NOT NULL,
            settled_us INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- The objects in the event of a run by hand. Such a run has an empty `trigger_id` and no
        -- deliveries.
        CREATE TABLE invoked_objects (
            bucket TEXT NOT NULL,
            key TEXT NOT NULL,
            request_id TEXT NOT NULL REFERENCES runs (request_id),
            PRIMARY KEY (bucket, key, request_id)
        ) STRICT, WITHOUT ROWID;
        """
}
