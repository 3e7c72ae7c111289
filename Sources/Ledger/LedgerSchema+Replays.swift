extension LedgerSchema {
    static let replays = """
        -- The replay for which a delivery was queued again last, a sequencer.
        ALTER TABLE deliveries ADD COLUMN replay INTEGER CHECK (replay > 0);
        CREATE INDEX deliveries_of_replay ON deliveries (replay, function, table_name)
            WHERE replay IS NOT NULL;
        """
}
