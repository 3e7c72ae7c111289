extension LedgerSchema {
    static let removals = """
        -- One row per removal that takes the rows of a key's older versions out of its table.
        CREATE TABLE removals (
            sequencer INTEGER PRIMARY KEY CHECK (sequencer > 0),
            bucket TEXT NOT NULL,
            key TEXT NOT NULL,
            cause TEXT NOT NULL CHECK (cause IN ('deletion', 'person')),
            recorded_at_us INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX removals_of_key ON removals (bucket, key);
        """
}
