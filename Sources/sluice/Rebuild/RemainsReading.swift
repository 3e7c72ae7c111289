import BucketWatch
import Buckets
import Daemon
import Events
import FunctionConfig
import Ledger
import Restoration
import Verification

/// Reads what is left when a ledger is lost.
struct RemainsReading {
    let config: FunctionConfig
    let buckets: BucketsFolder

    /// Reads folders, then lake and warehouse; `options` are those of `sluice-sql`.
    ///
    /// - Throws: `CommandFailure` when the warehouse cannot be read: without its history rows could be
    ///   loaded twice in vain, and sequencers fall behind it.
    func read(options: [String]) async throws -> Remains {
        let start = UTCTime.nowMicroseconds()
        let progress = ProgressLine()
        let folders = try FolderInventory(
            buckets: buckets,
            config: config,
            isQuick: true,
            progress: progress.show
        ).read(known: [:])
        progress.clear()
        let tables = try await TableInventory.read(
            options: options,
            hasConfig: config.hasFile,
            detail: .history,
            scratch: buckets.scratchFolder
        )
        if let problem = tables.warehouse.problem {
            throw CommandFailure.failed(
                "the load history of \(config.warehouse) cannot be read: \(problem). The ledger is as "
                    + "it was; let the warehouse be reached, or move a file that is damaged away, then "
                    + "call `sluice rebuild` again"
            )
        }
        return Remains(
            config: config,
            folders: folders,
            identities: identities(of: folders),
            readAt: start,
            lake: tables.lake,
            warehouse: tables.warehouse,
            floor: SequencerFloor(buckets).find()
        )
    }

    /// The states of files that are as they were when they were read.
    private func identities(of folders: FolderFacts) -> [ObjectKey: FileIdentity] {
        var identities: [ObjectKey: FileIdentity] = [:]
        for (key, file) in folders.objects {
            guard let stamp = FileStamp(path: buckets.path(of: key)), stamp.size == file.size,
                stamp.changed / 1000 == file.changed
            else { continue }
            identities[key] = FileIdentity(
                inode: stamp.inode,
                size: stamp.size,
                modifiedNanoseconds: stamp.modified,
                changedNanoseconds: stamp.changed
            )
        }
        return identities
    }
}
