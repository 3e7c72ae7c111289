public import Events
import GRDB

extension Ledger {
    /// The versions of a key and all that stem from them, the newest source version first.
    ///
    /// For a stage-1 object these are its versions and their manifests, for any other object its own
    /// versions. Tries are given for the newest `detailed` source versions; nil for all.
    public func story(
        of key: ObjectKey,
        detailed: Int?
    ) async throws(LedgerError) -> [RecordedVersion] {
        try await read("tell the story of \(key)") { db in
            let columns =
                try RecordedVersion.columns + ", "
                + Self.laterColumns(["taken_by", "quiet_us", "marker", "pruned_at_us"], db)
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM (
                        SELECT \(columns) FROM objects
                            WHERE source_bucket = ?1 AND source_key = ?2
                        UNION SELECT \(columns) FROM objects
                            WHERE bucket = ?1 AND key = ?2)
                    ORDER BY source_sequencer DESC, sequencer
                    """,
                arguments: [key.bucket, key.key]
            )
            var sources: [Sequencer] = []
            // A ledger that no daemon has brought up to date yet is only read here.
            let hasRecords = try db.tableExists("records")
            return try rows.map { row in
                var version = RecordedVersion(row: row)
                if sources.last != version.source.sequencer {
                    sources.append(version.source.sequencer)
                }
                let isDetailed = detailed.map { sources.count <= $0 } ?? true
                version.deliveries = try RecordedDelivery.all(ofObject: row[0], db)
                guard isDetailed else { return version }
                for index in version.deliveries.indices {
                    let id = version.deliveries[index].id
                    version.deliveries[index].tries = try RecordedTry.all(ofDelivery: id, db)
                    guard hasRecords else { continue }
                    version.deliveries[index].records = try RecordedRecord.all(ofDelivery: id, db)
                }
                return version
            }
        }
    }

    /// How many deliveries of a function are queued and stand before one with this order.
    public func queued(
        ofFunction function: String,
        before order: Sequencer
    ) async throws(LedgerError) -> Int {
        try await read("count the queue of \(function)") { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM deliveries
                    WHERE state = 'queued' AND function = ? AND order_sequencer < ?
                    """,
                arguments: [function, order.column]
            ) ?? 0
        }
    }

    /// Every key that was ever recorded, at most `limit`, the newest first.
    public func keys(limit: Int) async throws(LedgerError) -> [ObjectKey] {
        try await read("list the keys") { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT bucket, key FROM objects GROUP BY bucket, key
                    ORDER BY max(sequencer) DESC LIMIT ?
                    """,
                arguments: [limit]
            ).map { ObjectKey(bucket: $0[0], key: $0[1]) }
        }
    }

    /// The objects that a run was given.
    public func objects(ofRun requestID: String) async throws(LedgerError) -> [ObjectVersion] {
        try await read("list the objects of run \(requestID)") { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT o.source_bucket, o.source_key, o.source_size, o.source_etag,
                        o.source_sequencer
                    FROM run_items i JOIN deliveries d ON d.id = i.delivery_id
                    JOIN objects o ON o.id = d.object_id WHERE i.request_id = ?
                    ORDER BY d.order_sequencer
                    """,
                arguments: [requestID]
            ).compactMap { ObjectVersion(row: $0, from: 0) }
        }
    }
}

extension RecordedVersion {
    static let columns = """
        id, bucket, key, size, etag, sequencer, source_bucket, source_key, source_size, \
        source_etag, source_sequencer, table_name, noticed_by, noticed_at_us, inode, modified_ns, \
        changed_ns, hop, caused_by, deleted_at_us, purged_at_us
        """

    init(row: Row) {
        let own = ObjectVersion(
            bucket: row[1],
            key: row[2],
            size: row[3],
            eTag: row[4],
            sequencer: Sequencer(column: row[5])
        )
        let inode: Int64 = row[14]
        self.init(
            version: own,
            source: ObjectVersion(row: row, from: 6) ?? own,
            table: row[11],
            notice: Notice(rawValue: row[12]) ?? .event,
            taken: Taken(row: row, from: 21),
            noticedAt: row[13],
            identity: FileIdentity(
                inode: UInt64(bitPattern: inode),
                size: row[3],
                modifiedNanoseconds: row[15],
                changedNanoseconds: row[16]
            ),
            hop: row[17],
            causedBy: row[18],
            deletedAt: row[19],
            purgedAt: row[20]
        )
        prunedAt = row[24]
    }
}

extension RecordedDelivery {
    static func all(ofObject id: Int64, _ db: Database) throws -> [RecordedDelivery] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT id, trigger_id, function, event, state, order_sequencer, attempts,
                    recorded_at_us, due_at_us, ended_at_us, error_type, error_message,
                    catalog_version
                FROM deliveries WHERE object_id = ? ORDER BY id
                """
        )
        return try Row.fetchAll(statement, arguments: [id]).map { row in
            let event: String = row[3]
            let state: String = row[4]
            guard let event = DeliveryEvent(rawValue: event),
                let state = DeliveryState(rawValue: state)
            else {
                throw UnreadableRow(
                    detail: "a delivery's kind \(event) or state \(state) is not known"
                )
            }
            return RecordedDelivery(
                id: row[0],
                trigger: row[1],
                function: row[2],
                event: event,
                state: state,
                order: Sequencer(column: row[5]),
                attempts: row[6],
                recordedAt: row[7],
                dueAt: row[8],
                endedAt: row[9],
                errorType: row[10],
                errorMessage: row[11],
                catalogVersion: row[12]
            )
        }
    }
}

extension RecordedTry {
    static func all(ofDelivery id: Int64, _ db: Database) throws -> [RecordedTry] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(RecordedRun.columns), i.outcome AS item_outcome,
                    i.error_type AS item_error, i.error_message AS item_message
                FROM run_items i JOIN runs r USING (request_id)
                WHERE i.delivery_id = ? ORDER BY r.started_at_us
                """
        )
        return try Row.fetchAll(statement, arguments: [id]).map { row in
            RecordedTry(
                run: RecordedRun(row: row),
                outcome: row["item_outcome"],
                errorType: row["item_error"],
                errorMessage: row["item_message"]
            )
        }
    }
}
