import Events
import GRDB

/// The state of an object in the ledger, for a comparison with many files.
public struct ObjectState: Sendable, Equatable {
    /// The bucket.
    public var bucket: String
    /// The path below the bucket.
    public var key: String
    /// The file's state when it was last seen.
    public var identity: FileIdentity
    /// Whether the file was deleted since.
    public var isDeleted: Bool
    /// When it was read last, in microseconds since 1970.
    public var checkedAt: Int64

    /// Whether a file in the recorded state may still hold other content, see
    /// ``KnownObject/isUnchanged(in:)``.
    public var isUncertain: Bool { identity.isUncertain(readAt: checkedAt) }
}

extension Ledger {
    /// The number of recorded versions.
    public func versionCount() throws(LedgerError) -> Int {
        try readNow("count versions") { try Int.fetchOne($0, sql: "SELECT count(*) FROM objects") }
            ?? 0
    }

    /// Hands over the state of every version, in the order of recording: the last one of a key is
    /// that of its newest version.
    ///
    /// Blocks, for about a second with a million versions.
    public func forEachState(_ body: (ObjectState) throws -> Void) throws(LedgerError) {
        try readNow("read all objects") { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT bucket, key, inode, size, modified_ns, changed_ns, checked_at_us,
                        deleted_at_us IS NOT NULL
                    FROM objects ORDER BY id
                    """
            )
            while let row = try rows.next() { try body(ObjectState(row)) }
        }
    }
}

extension ObjectState {
    fileprivate init(_ row: Row) {
        let inode: Int64 = row[2]
        self.init(
            bucket: row[0],
            key: row[1],
            identity: FileIdentity(
                inode: UInt64(bitPattern: inode),
                size: row[3],
                modifiedNanoseconds: row[4],
                changedNanoseconds: row[5]
            ),
            isDeleted: row[7],
            checkedAt: row[6]
        )
    }
}
