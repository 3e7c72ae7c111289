import DeltaTable
import DuckDB
import FoundationEssentials
import LakeFiles
import TestSupport

/// A lake table in a scratch folder with what tests do to it.
final class LakeTable {
    let folder: ScratchFolder
    let database: Database
    let connection: Connection
    let path: String
    let log: DeltaLog

    init(_ name: String = "t") throws {
        folder = try ScratchFolder()
        database = try Database(settings: ["threads": "2"])
        connection = try database.connect()
        try DuckDBExtension.load("delta", into: connection)
        path = "\(folder.path)/\(name)"
        log = DeltaLog(table: path)
    }

    /// Commits the rows of `select` as one version; returns what was added.
    @discardableResult
    func append(
        _ select: String,
        schema: DeltaSchema,
        partitionedBy partitions: [String] = [],
        sortedBy sorting: [String] = [],
        target: Int64 = 128 << 20,
        inputSize: Int64 = 0,
        constants: [String: SQLValue] = [:]
    ) throws -> [AddFile] {
        let writer = LakeWriter(
            table: path,
            schema: schema,
            partitionColumns: partitions,
            sortColumns: sorting,
            targetFileSize: target
        )
        var input = LakeInput(size: inputSize, scratchFolder: "\(folder.path)/scratch/run")
        input.constants = constants
        let files = try writer.write(
            select,
            on: connection,
            now: 1_700_000_000_000,
            input: input
        )
        let version = try log.newestVersion().map { $0 + 1 } ?? 0
        let start: [DeltaAction] =
            version == 0 ? [.tableProtocol(.ours)] : []
        let metadata = Metadata(
            id: "8a1b6c0e-0000-4000-8000-000000000000",
            schema: schema,
            partitionColumns: partitions
        )
        let outcome = try log.commit(
            start + [.metadata(metadata)] + files.adds.map(DeltaAction.add),
            as: version
        )
        guard outcome == .committed else { throw DuckDBError(step: "commit", message: "conflict") }
        return files.adds
    }

    func snapshot() throws -> Snapshot? {
        try log.snapshot(using: DuckDBCheckpoints(database))
    }

    /// The rows as the `delta` extension of DuckDB reads them.
    func scanned(_ query: String) throws -> [[SQLValue]] {
        try connection.rows(substituted(query, "delta_scan(\(SQL.literal(path)))"))
    }

    /// The rows as our own relation reads them.
    func related(_ query: String) throws -> [[SQLValue]] {
        guard let snapshot = try snapshot() else { return [] }
        return try connection.rows(
            substituted(query, "(\(LakeRelation.query(of: snapshot, table: path)))")
        )
    }

    private func substituted(_ query: String, _ table: String) -> String {
        query.split(separator: "TABLE", omittingEmptySubsequences: false).joined(separator: table)
    }
}

extension DeltaSchema {
    init(_ columns: KeyValuePairs<String, DeltaType>) {
        self.init(columns.map { DeltaField(name: $0.key, type: $0.value) })
    }
}
