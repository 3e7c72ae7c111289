extension LedgerSchema {
    /// Lets a delivery be of a record (`Destination`) and be forgotten as a dead letter (`purged`), and
    /// what is over be found by its time.
    ///
    /// SQLite cannot change a constraint, so the table is made anew; see "Making Other Kinds Of Table
    /// Schema Changes" in its documentation of ALTER TABLE. The migrator checks foreign keys after it.
    static let records = """
        CREATE TABLE new_deliveries (
            id INTEGER PRIMARY KEY,
            trigger_id TEXT NOT NULL,
            function TEXT NOT NULL,
            event TEXT NOT NULL CHECK (event IN ('ObjectCreated:Put', 'ObjectRemoved:Delete',
                'Succeeded', 'Failed', 'Scheduled', 'Destination')),
            object_id INTEGER REFERENCES objects (id),
            table_name TEXT NOT NULL,
            sequencer INTEGER NOT NULL CHECK (sequencer > 0),
            order_sequencer INTEGER NOT NULL CHECK (order_sequencer > 0),
            bytes INTEGER NOT NULL CHECK (bytes >= 0),
            hop INTEGER NOT NULL CHECK (hop >= 0),
            supersedable INTEGER NOT NULL CHECK (supersedable IN (0, 1)),
            cause TEXT REFERENCES runs (request_id),
            catalog_version INTEGER,
            recorded_at_us INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'waiting', 'done',
                'superseded', 'dead', 'cancelled', 'purged')),
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            first_attempt_us INTEGER,
            due_at_us INTEGER,
            batch_limit INTEGER CHECK (batch_limit > 0),
            request_id TEXT REFERENCES runs (request_id),
            error_type TEXT,
            error_message TEXT,
            ended_at_us INTEGER,
            UNIQUE (trigger_id, event, sequencer),
            CHECK ((event IN ('Scheduled', 'Destination')) = (object_id IS NULL)),
            CHECK ((state = 'running') = (request_id IS NOT NULL)),
            CHECK ((state = 'waiting') = (due_at_us IS NOT NULL)),
            CHECK (state <> 'dead' OR error_type IS NOT NULL),
            CHECK ((state IN ('done', 'superseded', 'dead', 'cancelled', 'purged'))
                = (ended_at_us IS NOT NULL))
        ) STRICT;
        INSERT INTO new_deliveries (id, trigger_id, function, event, object_id, table_name,
                sequencer, order_sequencer, bytes, hop, supersedable, cause, catalog_version,
                recorded_at_us, state, attempts, first_attempt_us, due_at_us, batch_limit,
                request_id, error_type, error_message, ended_at_us)
            SELECT id, trigger_id, function, event, object_id, table_name, sequencer,
                order_sequencer, bytes, hop, supersedable, cause, catalog_version, recorded_at_us,
                state, attempts, first_attempt_us, due_at_us, batch_limit, request_id, error_type,
                error_message, ended_at_us FROM deliveries;
        DROP TABLE deliveries;
        ALTER TABLE new_deliveries RENAME TO deliveries;
        CREATE INDEX deliveries_open ON deliveries (state, function)
            WHERE state IN ('queued', 'running', 'waiting', 'dead');
        CREATE INDEX deliveries_of_object ON deliveries (object_id);
        CREATE INDEX deliveries_of_cause ON deliveries (cause) WHERE cause IS NOT NULL;
        CREATE INDEX deliveries_of_run ON deliveries (request_id) WHERE request_id IS NOT NULL;
        CREATE INDEX deliveries_without_object ON deliveries (ended_at_us)
            WHERE object_id IS NULL;

        -- The record of how a run ended a delivery, for its function's `onSuccess` or `onFailure`. It
        -- is either a file, and delivered once that is written, or the event of a delivery whose
        -- sequencer it has.
        CREATE TABLE records (
            sequencer INTEGER PRIMARY KEY CHECK (sequencer > 0),
            delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
            request_id TEXT NOT NULL,
            condition TEXT NOT NULL,
            bucket TEXT,
            key TEXT,
            function TEXT,
            trigger_id TEXT,
            record TEXT,
            recorded_at_us INTEGER NOT NULL,
            delivered_at_us INTEGER,
            UNIQUE (delivery_id, request_id),
            CHECK ((bucket IS NULL) = (key IS NULL)),
            CHECK ((function IS NULL) = (bucket IS NOT NULL)),
            CHECK ((function IS NULL) = (trigger_id IS NULL)),
            CHECK (delivered_at_us IS NOT NULL OR record IS NOT NULL)
        ) STRICT;
        CREATE INDEX records_to_write ON records (sequencer) WHERE delivered_at_us IS NULL;

        -- When what was done with an old version was forgotten, see `retention`.
        ALTER TABLE objects ADD COLUMN pruned_at_us INTEGER;

        CREATE INDEX runs_ended ON runs (ended_at_us) WHERE ended_at_us IS NOT NULL;
        CREATE INDEX invoked_objects_of_run ON invoked_objects (request_id);
        """
}
