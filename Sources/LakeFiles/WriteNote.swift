import Buckets
import DeltaTable
import Events
import FoundationEssentials
import HandlerRuntime

/// What is on the disk of a compaction that is not committed yet.
///
/// A note is written before the first data file and removed after the commit. Where a run finds one,
/// a former run was killed: files that carry its mark and that no commit names are removed.
struct CompactionNote {
    private let path: String
    private let log: DeltaLog

    /// The note of a table, in the folder of compactions.
    init(_ folder: String, table: String, log: DeltaLog) {
        path = "\(folder)/\(table).json"
        self.log = log
    }

    /// Notes that files with this mark are about to be written over a version.
    ///
    /// - Returns: The mark, which is part of the name of every file.
    func begin(over version: Int64) throws -> String {
        let digits = UUID().uuidString.lowercased().filter { $0 != "-" }
        let mark = "compact-\(digits.prefix(16))"
        let note: JSONValue = ["mark": .string(mark), "version": .integer(version)]
        try AtomicFile.write(try JSONText.encode(note), to: path)
        return mark
    }

    /// Forgets it: the files are committed, or removed.
    func end() throws { try FilePath.removeTree(path) }

    /// Removes what a killed run has left.
    ///
    /// The caller holds the table's lock, so that run is no more.
    func recover() throws {
        guard FilePath.canonical(path) != nil else { return }
        let text = String(decoding: try FilePath.read(path), as: UTF8.self)
        if let note = try? JSONValue(parsing: text), let mark = note["mark"]?.string,
            let version = note["version"]?.integer, try isCommitted(mark, after: version) == false
        {
            let removed = try Self.remove(mark, in: log.table)
            HandlerLog.info(
                "files of an ended run removed",
                ["table": FilePath.name(of: log.table), "files": "\(removed)"]
            )
        }
        try end()
    }

    /// Whether a commit behind a version names files of a mark; nil where the log does not tell.
    private func isCommitted(_ mark: String, after version: Int64) throws -> Bool? {
        guard let newest = try log.newestVersion() else { return nil }
        var next = version + 1
        while next <= newest {
            guard let actions = try log.actions(at: next) else { return nil }
            for case .add(let file) in actions where file.path.contains(mark) { return true }
            next += 1
        }
        return false
    }

    private static func remove(_ mark: String, in folder: String) throws -> Int {
        var removed = 0
        for name in try FilePath.names(in: folder) where name != "_delta_log" {
            let path = "\(folder)/\(name)"
            if name.contains(mark) {
                try FilePath.removeTree(path)
                removed += 1
            } else if !name.hasSuffix(".parquet"), FilePath.isFolder(path) {
                removed += try remove(mark, in: path)
            }
        }
        return removed
    }
}
