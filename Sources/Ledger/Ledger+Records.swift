public import Events
import GRDB

extension Ledger {
    /// The records whose files are still to be written, the oldest first, at most `limit`.
    public func unwrittenRecords(limit: Int) async throws(LedgerError) -> [UnwrittenRecord] {
        try await read("list records to be written") { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT sequencer, bucket, key, record FROM records
                    WHERE delivered_at_us IS NULL ORDER BY sequencer LIMIT ?
                    """,
                arguments: [limit]
            ).map { row in
                UnwrittenRecord(
                    sequencer: Sequencer(column: row[0]),
                    file: ObjectKey(bucket: row[1], key: row[2]),
                    json: row[3]
                )
            }
        }
    }

    /// Notes that the files of records are written; their text is kept there alone from now on.
    public func wrote(_ records: [Sequencer], at now: Int64) async throws(LedgerError) {
        try await write("note \(records.count) written records") { db in
            for record in records {
                try db.cachedStatement(
                    sql: """
                        UPDATE records SET delivered_at_us = ?, record = NULL
                        WHERE sequencer = ? AND delivered_at_us IS NULL
                        """
                ).execute(arguments: [now, record.column])
            }
        }
    }

    /// The record that is the event of a delivery with this sequencer; nil when there is none.
    public func record(_ sequencer: Sequencer) async throws(LedgerError) -> String? {
        try await read("look up a record") { db in
            try String.fetchOne(
                db,
                sql: "SELECT record FROM records WHERE sequencer = ?",
                arguments: [sequencer.column]
            )
        }
    }

    /// How many runs lie between what a run worked on and what came from outside; nil for a run that
    /// is not known.
    public func hop(ofRun requestID: String) async throws(LedgerError) -> Int? {
        try await read("look up the hop of run \(requestID)") { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT max(d.hop) FROM run_items i JOIN deliveries d ON d.id = i.delivery_id
                    WHERE i.request_id = ?
                    """,
                arguments: [requestID]
            )
        }
    }
}

extension RecordedRecord {
    /// The records of a delivery, oldest first.
    static func all(ofDelivery id: Int64, _ db: Database) throws -> [RecordedRecord] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT r.condition, r.request_id, r.bucket || '/' || r.key, r.function,
                    r.delivered_at_us IS NOT NULL, d.state
                FROM records r LEFT JOIN deliveries d
                    ON d.trigger_id = r.trigger_id AND d.event = 'Destination'
                        AND d.sequencer = r.sequencer
                WHERE r.delivery_id = ? ORDER BY r.sequencer
                """
        )
        return try Row.fetchAll(statement, arguments: [id]).map { row in
            let file: String? = row[2]
            let isDelivered: Bool = row[4]
            let state: String? = row[5]
            return RecordedRecord(
                condition: row[0],
                requestID: row[1],
                place: file ?? row[3] ?? "",
                state: file == nil
                    ? state ?? "pruned" : isDelivered ? "written" : "not written yet"
            )
        }
    }
}
