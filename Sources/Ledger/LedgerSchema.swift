import GRDB

/// The tables of the ledger; what must always hold is a constraint here, not a habit elsewhere.
enum LedgerSchema {
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("objects, deliveries, runs") { try $0.execute(sql: first) }
        migrator.registerMigration("pauses") { try $0.execute(sql: pauses) }
        migrator.registerMigration("schedules, runs by hand") {
            try $0.execute(sql: schedulesAndRunsByHand)
        }
        migrator.registerMigration("records, forgotten dead letters") {
            try $0.execute(sql: records)
        }
        migrator.registerMigration("removals") { try $0.execute(sql: removals) }
        migrator.registerMigration("replays") { try $0.execute(sql: replays) }
        return migrator
    }()

    /// Functions that answered "not now", as the daemon last told; `table_name` is empty for all.
    private static let pauses = """
        CREATE TABLE pauses (
            function TEXT NOT NULL,
            table_name TEXT NOT NULL,
            since_us INTEGER NOT NULL,
            retry_at_us INTEGER,
            error_type TEXT,
            error_message TEXT,
            PRIMARY KEY (function, table_name)
        ) STRICT, WITHOUT ROWID;
        """

    private static let first = """
        CREATE TABLE settings (
            name TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- One row per recorded object version. `source_*` is the stage-1 version that a manifest
        -- describes, and the version itself for every other object.
        CREATE TABLE objects (
            id INTEGER PRIMARY KEY,
            bucket TEXT NOT NULL CHECK (bucket <> ''),
            key TEXT NOT NULL CHECK (key <> ''),
            sequencer INTEGER NOT NULL UNIQUE CHECK (sequencer > 0),
            etag TEXT NOT NULL CHECK (etag <> ''),
            size INTEGER NOT NULL CHECK (size >= 0),
            table_name TEXT NOT NULL,
            source_bucket TEXT NOT NULL,
            source_key TEXT NOT NULL,
            source_sequencer INTEGER NOT NULL CHECK (source_sequencer > 0),
            source_etag TEXT NOT NULL,
            source_size INTEGER NOT NULL CHECK (source_size >= 0),
            inode INTEGER NOT NULL,
            modified_ns INTEGER NOT NULL,
            changed_ns INTEGER NOT NULL,
            checked_at_us INTEGER NOT NULL,
            noticed_by TEXT NOT NULL CHECK (noticed_by IN ('event', 'scan')),
            noticed_at_us INTEGER NOT NULL,
            hop INTEGER NOT NULL CHECK (hop >= 0),
            caused_by TEXT,
            deleted_at_us INTEGER,
            purged_at_us INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX objects_of_key ON objects (bucket, key, sequencer);
        CREATE INDEX objects_of_source ON objects (source_bucket, source_key, source_sequencer);

        CREATE INDEX objects_to_purge ON objects (table_name)
            WHERE bucket = 'stage-2' AND purged_at_us IS NULL;

        CREATE TABLE runs (
            request_id TEXT PRIMARY KEY,
            function TEXT NOT NULL,
            trigger_id TEXT NOT NULL,
            table_name TEXT NOT NULL,
            items INTEGER NOT NULL CHECK (items > 0),
            log_path TEXT NOT NULL,
            started_at_us INTEGER NOT NULL,
            ended_at_us INTEGER,
            outcome TEXT CHECK (outcome IN ('succeeded', 'input', 'not_now', 'error', 'timeout',
                'memory', 'interrupted')),
            exit_code INTEGER,
            signal INTEGER,
            duration_us INTEGER,
            peak_memory INTEGER,
            error_type TEXT,
            error_message TEXT,
            result TEXT,
            CHECK ((ended_at_us IS NULL) = (outcome IS NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX runs_unfinished ON runs (function) WHERE ended_at_us IS NULL;

        -- One row per trigger and object version (or point in time): what has to be done.
        CREATE TABLE deliveries (
            id INTEGER PRIMARY KEY,
            trigger_id TEXT NOT NULL,
            function TEXT NOT NULL,
            event TEXT NOT NULL CHECK (event IN ('ObjectCreated:Put', 'ObjectRemoved:Delete',
                'Succeeded', 'Failed', 'Scheduled')),
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
                'superseded', 'dead', 'cancelled')),
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            first_attempt_us INTEGER,
            due_at_us INTEGER,
            batch_limit INTEGER CHECK (batch_limit > 0),
            request_id TEXT REFERENCES runs (request_id),
            error_type TEXT,
            error_message TEXT,
            ended_at_us INTEGER,
            UNIQUE (trigger_id, event, sequencer),
            CHECK ((event = 'Scheduled') = (object_id IS NULL)),
            CHECK ((state = 'running') = (request_id IS NOT NULL)),
            CHECK ((state = 'waiting') = (due_at_us IS NOT NULL)),
            CHECK (state <> 'dead' OR error_type IS NOT NULL),
            CHECK ((state IN ('done', 'superseded', 'dead', 'cancelled'))
                = (ended_at_us IS NOT NULL))
        ) STRICT;
        CREATE INDEX deliveries_open ON deliveries (state, function)
            WHERE state IN ('queued', 'running', 'waiting', 'dead');
        CREATE INDEX deliveries_of_object ON deliveries (object_id);

        -- What each run did to each of its deliveries; nothing yet while it runs.
        CREATE TABLE run_items (
            request_id TEXT NOT NULL REFERENCES runs (request_id),
            delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
            outcome TEXT,
            error_type TEXT,
            error_message TEXT,
            PRIMARY KEY (request_id, delivery_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX run_items_of_delivery ON run_items (delivery_id);

        -- Files whose names cannot be keys.
        CREATE TABLE refused_names (
            path TEXT PRIMARY KEY,
            reason TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
