import DeltaTable
import FoundationEssentials
import TestSupport

/// A table in a scratch folder, whose data files are names only.
final class ScratchTable {
    let folder: ScratchFolder
    let path: String
    let log: DeltaLog

    init() throws {
        folder = try ScratchFolder()
        path = folder.path + "/lake/t"
        log = DeltaLog(table: path)
    }

    static let schema = DeltaSchema([DeltaField(name: "n", type: .long)])
    static let start: [DeltaAction] = [
        .tableProtocol(.ours),
        .metadata(Metadata(id: "id", schema: schema, partitionColumns: [])),
    ]

    static func file(_ name: String) -> AddFile {
        AddFile(
            path: name,
            partitionValues: ["p": nil, "q": "x"],
            size: 10,
            modificationTime: 1,
            stats: #"{"numRecords":3}"#
        )
    }

    /// Commits versions 0 to `count - 1`; version n adds the file `fn`.
    func commit(versions count: Int) throws {
        for version in 0..<count {
            let actions = (version == 0 ? Self.start : []) + [.add(Self.file("f\(version)"))]
            let outcome = try log.commit(actions, as: Int64(version))
            guard outcome == .committed else {
                throw DeltaError(.storage, step: "prepare", detail: "conflict")
            }
        }
    }

    func snapshot(at version: Int64? = nil) throws -> Snapshot? {
        try log.snapshot(at: version, using: LineCheckpoints())
    }

    func remove(_ relative: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(relative)")
    }
}

/// Checkpoints as lines of JSON: the log's rules do not depend on Parquet.
struct LineCheckpoints: CheckpointCodec {
    func read(_ path: String) throws(DeltaError) -> [DeltaAction] {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw DeltaError(.corrupt, step: "read \(path)", detail: "missing")
        }
        return try CommitFile.decoded(Array(data), path: path)
    }

    func write(_ actions: [DeltaAction], to path: String) throws(DeltaError) {
        let bytes = try CommitFile.encoded(actions)
        guard (try? Data(bytes).write(to: URL(filePath: path))) != nil else {
            throw DeltaError(.storage, step: "write \(path)", detail: "refused")
        }
    }
}
