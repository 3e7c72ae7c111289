import Buckets
import DeltaTable
import Events
import Glibc
import HandlerRuntime
import LakeFiles

/// The files of one table that go.
///
/// States that were the newest at some time within the retention stay readable. What no commit
/// names may be about to be committed, so it stays for a day at least.
struct TableVacuum {
    let log: DeltaLog
    let retentionHours: Int
    let isDryRun: Bool

    private static let hour: Int64 = 3_600_000
    private static let day = 24 * hour

    /// Removes the files, or only counts them.
    func run(
        _ table: String,
        using checkpoints: borrowing DuckDBCheckpoints
    ) throws -> JSONValue {
        let now = UTCTime.nowMicroseconds() / 1000
        let since = now - Int64(retentionHours) * Self.hour
        // Listed first: what is committed meanwhile is named by the log that is read then.
        let present = try files(in: "")
        guard let newest = try log.snapshot(using: checkpoints) else {
            return ["table": .string(table), "status": "skipped", "reason": "it has no state"]
        }
        if let reason = Self.refusal(of: newest, table) {
            return ["table": .string(table), "status": "skipped", "reason": .string(reason)]
        }
        let needed = try needed(since: since, newest, using: checkpoints)
        let former = Set(newest.tombstones.map { Self.normal($0.filePath) })
        let leaving = present.filter { file in
            guard !needed.contains(file.path) else { return false }
            return former.contains(file.path) || file.modified < min(since, now - Self.day)
        }
        if !isDryRun { for file in leaving { try remove(file.path) } }
        return [
            "table": .string(table),
            "status": isDryRun ? "counted" : leaving.isEmpty ? "unchanged" : "cleaned",
            "removed": .integer(Int64(leaving.count)),
            "bytes": .integer(leaving.reduce(0) { $0 + $1.size }),
            "kept": .integer(Int64(present.count - leaving.count)),
        ]
    }

    private static func refusal(of snapshot: Snapshot, _ table: String) -> String? {
        do throws(DeltaError) {
            try snapshot.requireWritable(table: table)
            return nil
        } catch {
            return error.description
        }
    }

    /// The files of every state that was the newest at `since` or later.
    private func needed(
        since: Int64,
        _ newest: Snapshot,
        using checkpoints: borrowing DuckDBCheckpoints
    ) throws -> Set<String> {
        var needed = Set(newest.files.map { Self.normal($0.filePath) })
        var next: Int64 = 0
        if let version = try log.newestVersion(notAfter: since) {
            let past = try log.snapshot(at: version, using: checkpoints)
            needed.formUnion(past?.files.map { Self.normal($0.filePath) } ?? [])
            next = version + 1
        }
        while next <= newest.version {
            // A log that was cut off at its beginning tells nothing of the states before.
            for case .add(let file) in try log.actions(at: next) ?? [] {
                needed.insert(Self.normal(file.filePath))
            }
            next += 1
        }
        return needed
    }

    private struct File {
        /// Below the table's folder.
        var path: String
        var size: Int64
        /// Milliseconds since 1970.
        var modified: Int64
    }

    /// The data files of a folder and those below, and what writers that were killed have left.
    private func files(in folder: String) throws -> [File] {
        var files: [File] = []
        for name in try FilePath.names(in: "\(log.table)/\(folder)") {
            let path = folder + name
            var status = stat()
            guard lstat("\(log.table)/\(path)", &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                // Other programs keep what is theirs in folders that begin with `_`.
                let isOpen = !name.hasPrefix("_") && !name.hasPrefix(".") || name.contains("=")
                if isOpen || name.hasPrefix(".copying-") { files += try self.files(in: path + "/") }
            } else if status.st_mode & S_IFMT == S_IFREG, name.hasSuffix(".parquet") {
                let time = status.st_mtim
                files.append(
                    File(
                        path: path,
                        size: Int64(status.st_size),
                        modified: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
                    )
                )
            }
        }
        return files
    }

    private func remove(_ path: String) throws {
        guard unlink("\(log.table)/\(path)") == 0 || errno == ENOENT else {
            throw BucketsError(step: "remove \(log.table)/\(path)")
        }
    }

    /// A path below the table's folder without detours.
    private static func normal(_ path: String) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        return path.hasPrefix("/") ? "/" + parts : parts
    }
}
