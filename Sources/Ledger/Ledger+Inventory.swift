import Events
import GRDB

extension Ledger {
    /// Reads all objects with their deliveries, in one consistent state.
    ///
    /// - Parameters:
    ///   - time: Runs that had ended before are left out; microseconds since 1970.
    ///   - checksFile: Whether SQLite looks for damage and for rows that refer to nothing.
    /// - Returns: Objects in the order of their sequencers, and runs.
    /// - Throws: `LedgerError` with code `unusable` when the file is damaged beyond reading.
    public func inventory(
        since time: Int64,
        checksFile: Bool
    ) async throws(LedgerError) -> LedgerInventory {
        try await read("list everything") { db in
            var inventory = LedgerInventory()
            if checksFile { inventory.damages = try Self.damages(db) }
            var places: [Int64: Int] = [:]
            let objects = try Row.fetchCursor(
                db,
                sql: """
                    SELECT id, bucket, key, size, etag, sequencer, source_bucket, source_key,
                        source_size, source_etag, source_sequencer, table_name, inode, modified_ns,
                        changed_ns, checked_at_us, deleted_at_us, purged_at_us,
                        \(try Self.laterColumns(["pruned_at_us"], db))
                    FROM objects ORDER BY sequencer
                    """
            )
            while let row = try objects.next() {
                guard let object = LedgerInventory.Object(row: row) else { continue }
                places[row[0]] = inventory.objects.count
                inventory.objects.append(object)
            }
            let deliveries = try Row.fetchCursor(
                db,
                sql: """
                    SELECT object_id, trigger_id, function, event, state, catalog_version
                    FROM deliveries WHERE object_id IS NOT NULL ORDER BY id
                    """
            )
            while let row = try deliveries.next() {
                // One that refers to no object is among the damages.
                guard let place = places[row[0]] else { continue }
                inventory.objects[place].deliveries.append(LedgerInventory.Delivery(row: row))
            }
            inventory.runs = try Self.runs(since: time, db)
            return inventory
        }
    }

    /// Columns of objects that earlier versions did not have; nothing in a ledger that no daemon has
    /// brought up to date yet.
    static func laterColumns(_ names: [String], _ db: Database) throws -> String {
        let present = Set(try db.columns(in: "objects").map(\.name))
        return names.map { present.contains($0) ? $0 : "NULL" }.joined(separator: ", ")
    }

    private static func damages(_ db: Database) throws -> [String] {
        let found = try String.fetchAll(db, sql: "PRAGMA quick_check(20)").filter { $0 != "ok" }
        let dangling = try Row.fetchAll(
            db,
            sql: """
                SELECT "table", parent, count(*) FROM pragma_foreign_key_check
                GROUP BY "table", parent ORDER BY "table", parent
                """
        ).map { row in
            let table: String = row[0]
            let parent: String = row[1]
            let count: Int = row[2]
            return "\(count) of the rows in \(table) refer to rows of \(parent) that are not there"
        }
        return found + dangling
    }

    private static func runs(since time: Int64, _ db: Database) throws -> [RecordedRun] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT \(RecordedRun.columns) FROM runs r
                WHERE ended_at_us IS NULL OR ended_at_us >= ? ORDER BY started_at_us
                """,
            arguments: [time]
        ).map(RecordedRun.init(row:))
    }
}

extension LedgerInventory.Object {
    init?(row: Row) {
        guard let version = ObjectVersion(row: row, from: 1),
            let source = ObjectVersion(row: row, from: 6)
        else { return nil }
        let inode: Int64 = row[12]
        self.init(
            version: version,
            table: row[11],
            source: source,
            identity: FileIdentity(
                inode: UInt64(bitPattern: inode),
                size: version.size,
                modifiedNanoseconds: row[13],
                changedNanoseconds: row[14]
            ),
            checkedAt: row[15],
            isDeleted: row[16] != nil,
            isPurged: row[17] != nil
        )
        isPruned = row[18] != nil
    }
}

extension LedgerInventory.Delivery {
    init(row: Row) {
        self.init(
            trigger: row[1],
            function: row[2],
            event: row[3],
            state: row[4],
            catalogVersion: row[5]
        )
    }
}
