extension LedgerSchema {
    static let settledFiles = """
        -- How a version came to be taken: what told that its file was complete, for how long it had
        -- not changed, and the marker that spoke for it, where its triggers ask for these.
        ALTER TABLE objects ADD COLUMN taken_by TEXT;
        ALTER TABLE objects ADD COLUMN quiet_us INTEGER;
        ALTER TABLE objects ADD COLUMN marker TEXT;

        -- Files that the running daemon holds back, and what keeps it from noticing changes at once.
        CREATE TABLE held_files (
            bucket TEXT NOT NULL,
            key TEXT NOT NULL,
            rule TEXT NOT NULL CHECK (rule IN ('changing', 'quiet', 'marker')),
            until_us INTEGER,
            marker TEXT,
            since_us INTEGER NOT NULL,
            PRIMARY KEY (bucket, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE watch_notices (
            place INTEGER PRIMARY KEY,
            notice TEXT NOT NULL,
            since_us INTEGER NOT NULL
        ) STRICT;
        """
}
