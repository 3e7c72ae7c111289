public import Events
import GRDB

/// How an object came to be taken.
public struct Taken: Sendable, Hashable {
    /// What told that its file was complete, as `closeWrite`.
    public var evidence: String
    /// For how long it had not changed, in microseconds; nil where its triggers do not ask.
    public var quietMicroseconds: Int64?
    /// The marker that spoke for it, `bucket/key`; nil where its triggers do not ask.
    public var marker: String?

    /// Puts it together.
    public init(evidence: String, quietMicroseconds: Int64? = nil, marker: String? = nil) {
        self.evidence = evidence
        self.quietMicroseconds = quietMicroseconds
        self.marker = marker
    }

    init?(row: Row, from column: Int) {
        guard let evidence = row[column] as String? else { return nil }
        self.init(
            evidence: evidence,
            quietMicroseconds: row[column + 1],
            marker: row[column + 2]
        )
    }
}

/// A file that a daemon holds back by a rule.
public struct RecordedHold: Sendable, Hashable {
    /// The file.
    public var key: ObjectKey
    /// The rule: `changing`, `quiet` or `marker`.
    public var rule: String
    /// Until when it must not change, in microseconds since 1970, for `quiet`.
    public var until: Int64?
    /// Where the marker may come that it waits for, `bucket/key`, for `marker`.
    public var marker: String?
    /// Since when it is held back, in microseconds since 1970.
    public var since: Int64

    /// Puts it together.
    public init(key: ObjectKey, rule: String, until: Int64?, marker: String?, since: Int64) {
        self.key = key
        self.rule = rule
        self.until = until
        self.marker = marker
        self.since = since
    }
}

/// What has changed of the files that are held back.
public struct HoldChanges: Sendable, Equatable {
    /// Whether all that was noted before is void.
    public var startsOver = false
    /// Files that are held back, or for another reason than before.
    public var held: [RecordedHold] = []
    /// Files that no longer are.
    public var released: [ObjectKey] = []

    /// Nothing has changed.
    public init() {}

    /// Whether nothing has changed.
    public var isEmpty: Bool { !startsOver && held.isEmpty && released.isEmpty }
}

extension Ledger {
    /// Keeps what has changed of the files that are held back.
    public func keep(held changes: HoldChanges) async throws(LedgerError) {
        try await write("keep held files") { db in
            if changes.startsOver { try db.execute(sql: "DELETE FROM held_files") }
            for key in changes.released {
                try db.cachedStatement(sql: "DELETE FROM held_files WHERE bucket = ? AND key = ?")
                    .execute(arguments: [key.bucket, key.key])
            }
            for file in changes.held {
                try db.cachedStatement(
                    sql: """
                        INSERT OR REPLACE INTO held_files (bucket, key, rule, until_us, marker,
                            since_us) VALUES (?, ?, ?, ?, ?, ?)
                        """
                ).execute(
                    arguments: [
                        file.key.bucket, file.key.key, file.rule, file.until, file.marker,
                        file.since,
                    ]
                )
            }
        }
    }

    /// How many files are held back.
    public func heldCount() async throws(LedgerError) -> Int {
        try await read("count held files") {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM held_files") ?? 0
        }
    }

    /// The files that are held back, by key.
    public func held(limit: Int) async throws(LedgerError) -> [RecordedHold] {
        try await read("list held files") { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT bucket, key, rule, until_us, marker, since_us FROM held_files
                    ORDER BY bucket, key LIMIT ?
                    """,
                arguments: [limit]
            ).map { row in
                RecordedHold(
                    key: ObjectKey(bucket: row[0], key: row[1]),
                    rule: row[2],
                    until: row[3],
                    marker: row[4],
                    since: row[5]
                )
            }
        }
    }

    /// Keeps what keeps a daemon from noticing changes at once, in place of what was kept before.
    public func keep(watchNotices notices: [String], at now: Int64) async throws(LedgerError) {
        try await write("keep notices") { db in
            try db.execute(sql: "DELETE FROM watch_notices")
            for notice in notices {
                try db.execute(
                    sql: "INSERT INTO watch_notices (notice, since_us) VALUES (?, ?)",
                    arguments: [notice, now]
                )
            }
        }
    }

    /// What keeps the daemon from noticing changes at once, as sentences.
    public func watchNotices() async throws(LedgerError) -> [String] {
        try await read("list notices") {
            try String.fetchAll($0, sql: "SELECT notice FROM watch_notices ORDER BY place")
        }
    }
}
