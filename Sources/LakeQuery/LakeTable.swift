import Buckets
public import DeltaTable
import Events
import Glibc

/// A lake table at one version, as a query reads it.
public struct LakeTable: Sendable {
    /// The table's name.
    public let name: String
    /// The table's folder.
    public let folder: String
    /// The table's state.
    public let snapshot: Snapshot

    /// A table in a folder, in this state.
    public init(name: String, folder: String, snapshot: Snapshot) {
        self.name = name
        self.folder = folder
        self.snapshot = snapshot
    }

    /// The bytes of all data files.
    public var size: Int64 { snapshot.files.reduce(0) { $0 + $1.size } }

    /// Reads the log of a table.
    ///
    /// - Parameters:
    ///   - name: The table's name.
    ///   - folder: The table's folder.
    ///   - asOf: The state to read; `nil` for the newest.
    ///   - codec: Reads checkpoints.
    /// - Returns: `nil` when the folder holds no Delta table.
    /// - Throws: `LakeQueryError` that tells what there is when that state is not there, and
    ///   `DeltaError` when the log cannot be read.
    public static func read(
        _ name: String,
        in folder: String,
        asOf: AsOf?,
        using codec: borrowing some CheckpointCodec & ~Copyable
    ) throws -> LakeTable? {
        let log = DeltaLog(table: folder)
        guard let asOf else {
            return try log.snapshot(using: codec)
                .map { LakeTable(name: name, folder: folder, snapshot: $0) }
        }
        guard let versions = try log.readableVersions() else { return nil }
        let version = try version(asOf, of: name, log, versions)
        guard let snapshot = try log.snapshot(at: version, using: codec) else { return nil }
        let table = LakeTable(name: name, folder: folder, snapshot: snapshot)
        try table.requireFiles(newest: versions.upperBound)
        return table
    }

    /// The path of one of the table's files.
    func path(of file: AddFile) -> String {
        FilePath.resolve(file.filePath, in: folder)
    }

    private static func version(
        _ asOf: AsOf,
        of name: String,
        _ log: DeltaLog,
        _ versions: ClosedRange<Int64>
    ) throws -> Int64 {
        switch asOf {
        case .version(let version):
            if versions.contains(version) { return version }
            let wrong =
                version < versions.lowerBound
                ? "version \(version) of lake.\(name) is gone from its log"
                : "lake.\(name) has no version \(version)"
            throw LakeQueryError("\(wrong); there \(try told(versions, log))")
        case .time(let time):
            if let version = try log.newestVersion(notAfter: time) { return version }
            throw LakeQueryError(
                "lake.\(name) has no version of \(text(time)) or before; there "
                    + (try told(versions, log))
            )
        }
    }

    private static func told(_ versions: ClosedRange<Int64>, _ log: DeltaLog) throws -> String {
        let (first, last) = (versions.lowerBound, versions.upperBound)
        guard first < last else { return "is version \(try dated(first, log))" }
        return "are versions \(try dated(first, log)) to \(try dated(last, log))"
    }

    private static func dated(_ version: Int64, _ log: DeltaLog) throws -> String {
        guard let time = try log.commitTime(of: version) else { return "\(version)" }
        return "\(version) (\(text(time)))"
    }

    private static func text(_ milliseconds: Int64) -> String {
        UTCTime.iso8601(microseconds: milliseconds * 1_000)
    }

    /// A table's log outlives the files of its old versions, which somebody may have removed.
    private func requireFiles(newest: Int64) throws(LakeQueryError) {
        let gone = snapshot.files.filter { access(path(of: $0), F_OK) != 0 }
        guard let first = gone.first else { return }
        throw LakeQueryError(
            "version \(snapshot.version) of lake.\(name) cannot be read: \(gone.count) of its "
                + "\(snapshot.files.count) data files are gone, such as \(first.filePath); the "
                + "newest version is \(newest)"
        )
    }
}
