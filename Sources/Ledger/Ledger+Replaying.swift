import Events
import GRDB

/// Which deliveries a replay queues again.
public struct ReplayRange: Sendable, Equatable {
    /// The bucket.
    public var bucket: String
    /// What keys begin with; empty for all.
    public var prefix: String
    /// Only objects that were recorded since, in microseconds since 1970; nil for all.
    public var since: Int64?
    /// The function that runs again; nil for those that got the objects themselves.
    ///
    /// A function that comes later in the flow got what was made of the objects.
    public var function: String?

    /// Puts a range together.
    public init(bucket: String, prefix: String, since: Int64?, function: String?) {
        self.bucket = bucket
        self.prefix = prefix
        self.since = since
        self.function = function
    }
}

/// What a replay queues, or would queue, for one function and table.
public struct ReplayedFunction: Sendable, Equatable {
    /// The function.
    public var function: String
    /// The table.
    public var table: String
    /// How many object versions.
    public var objects: Int
}

extension Ledger {
    /// What a replay would queue, by function and table.
    public func replayable(
        _ range: ReplayRange
    ) async throws(LedgerError) -> [ReplayedFunction] {
        try await read("list what would be replayed") { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT function, table_name, count(*) FROM deliveries
                    WHERE \(range.condition) GROUP BY function, table_name
                    ORDER BY function, table_name
                    """,
                arguments: range.arguments
            ).map { ReplayedFunction(function: $0[0], table: $0[1], objects: $0[2]) }
        }
    }

    /// Queues settled deliveries again, as of one replay, in one transaction.
    ///
    /// What ends well sets off again what it set off then, once all of its function and table have
    /// ended.
    ///
    /// - Returns: What was queued, by function and table.
    public func replay(
        _ range: ReplayRange,
        at now: Int64
    ) async throws(LedgerError) -> [ReplayedFunction] {
        let replayed = try await replayable(range)
        let number = try await reserveSequencers(1, at: now)
        try await write("queue deliveries again") { db in
            try db.execute(
                sql: """
                    UPDATE deliveries SET \(Replay.queued), replay = :replay
                    WHERE \(range.condition)
                    """,
                arguments: range.arguments + ["replay": number.first?.column, "now": now]
            )
        }
        return replayed
    }
}

extension ReplayRange {
    /// SQL that holds for rows of `deliveries`.
    fileprivate var condition: String {
        let object = "o.bucket = :bucket AND substr(o.key, 1, length(:prefix)) = :prefix"
        let source =
            "o.source_bucket = :bucket AND substr(o.source_key, 1, length(:prefix)) = :prefix"
        return """
            state IN ('done', 'dead') AND event IN ('ObjectCreated:Put', 'Succeeded')
            AND (:function IS NULL OR function = :function)
            AND object_id IN (SELECT id FROM objects o
                WHERE (\(object)\(function == nil ? "" : " OR \(source)"))
                    AND (:since IS NULL OR o.noticed_at_us >= :since))
            """
    }

    fileprivate var arguments: StatementArguments {
        ["bucket": bucket, "prefix": prefix, "since": since, "function": function]
    }
}

/// How a replay goes on from function to function.
enum Replay {
    /// SQL of what queues a delivery again as if it were new.
    static let queued = """
        state = 'queued', attempts = 0, first_attempt_us = NULL, due_at_us = NULL,
        batch_limit = NULL, ended_at_us = NULL, error_type = NULL, error_message = NULL,
        recorded_at_us = :now
        """

    /// Queues again what a function's deliveries had set off, if all of the replay and table ended.
    ///
    /// - Returns: What has to be run.
    static func goOn(
        after delivery: LeasedDelivery,
        catalogVersion: Int?,
        _ db: Database,
        now: Int64
    ) throws -> [PendingDelivery] {
        guard let replay = delivery.replay else { return [] }
        let ended = "replay = :replay AND function = :function AND table_name = :table"
        let arguments: StatementArguments = [
            "replay": replay.column, "function": delivery.pending.function,
            "table": delivery.pending.table,
        ]
        let isOpen = try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM deliveries
                    WHERE \(ended) AND state IN ('queued', 'running', 'waiting'))
                """,
            arguments: arguments
        )
        guard isOpen == false else { return [] }
        // A crawl set off what waits for its end; a split made a manifest.
        let rows = try Row.fetchAll(
            db,
            sql: """
                UPDATE deliveries SET \(queued), replay = :replay,
                    catalog_version = max(catalog_version, ifnull(:catalog, 0))
                WHERE state IN ('done', 'superseded', 'dead', 'cancelled')
                    AND ifnull(replay, 0) < :replay
                    AND id IN (
                        SELECT next.id FROM deliveries ended
                        JOIN deliveries next ON next.object_id = ended.object_id
                            AND next.event = 'Succeeded' AND next.cause IN
                                (SELECT request_id FROM runs WHERE function = :function)
                        WHERE ended.replay = :replay AND ended.function = :function
                            AND ended.table_name = :table AND ended.state = 'done'
                        UNION ALL
                        SELECT next.id FROM deliveries ended
                        JOIN objects source ON source.id = ended.object_id
                        JOIN objects made ON made.source_bucket = source.bucket
                            AND made.source_key = source.key
                            AND made.source_sequencer = source.sequencer
                            AND made.id <> source.id
                        JOIN deliveries next ON next.object_id = made.id
                            AND next.event = 'ObjectCreated:Put'
                        WHERE ended.replay = :replay AND ended.function = :function
                            AND ended.table_name = :table AND ended.state = 'done')
                RETURNING \(PendingDelivery.columns)
                """,
            arguments: arguments + ["now": now, "catalog": catalogVersion]
        )
        return try rows.map { try PendingDelivery(row: $0) }
    }
}
