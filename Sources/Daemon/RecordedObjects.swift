import BucketWatch
import Ledger

/// What the ledger has of the buckets, for the watch's scans to compare with.
struct RecordedObjects: KnownObjects {
    let ledger: Ledger

    func count() throws -> Int { try ledger.versionCount() }

    func readEach(_ body: (KnownState) throws -> Void) throws {
        try ledger.forEachState { state in
            try body(
                KnownState(bucket: state.bucket, key: state.key, content: Self.content(state))
            )
        }
    }

    private static func content(_ state: ObjectState) -> KnownState.Content {
        if state.isDeleted { return .deleted }
        guard !state.isUncertain else { return .uncertain }
        return .unchanged(
            FileStamp(
                size: state.identity.size,
                modified: state.identity.modifiedNanoseconds,
                changed: state.identity.changedNanoseconds,
                inode: state.identity.inode
            )
        )
    }
}
