import DeltaTable
import DuckDB
import Events
import FoundationEssentials
import LakeFiles
import TestSupport
import Testing

/// Buckets with lake tables that tests commit to, and the handler that makes others of them.
final class DeriveBuckets {
    let folder: ScratchFolder
    private let database: Database
    private let connection: Connection

    /// Makes buckets without tables, with settings of derived tables by name.
    init(_ tables: String, queries: [String: String]) throws {
        folder = try ScratchFolder()
        database = try Database()
        connection = try database.connect()
        try folder.write("{\"tables\": \(tables)}", to: "functions.json")
        for (name, text) in queries { try folder.write(text, to: name) }
        try folder.write("", to: "buckets/lake/.keep")
    }

    /// Commits rows to a table, beside those that it has.
    func commit(_ select: String, to name: String) throws {
        let table = folder.path("buckets/lake/\(name)")
        let log = DeltaLog(table: table)
        let columns = try connection.query("\(select) LIMIT 0").columns
        let schema = DeltaSchema(
            try columns.map { column in
                DeltaField(name: column.name, type: try #require(DeltaType(column.type)))
            }
        )
        let snapshot = try log.snapshot(using: DuckDBCheckpoints(database))
        var actions: [DeltaAction] = []
        if snapshot == nil {
            let metadata = Metadata(id: name, schema: schema, partitionColumns: [])
            actions = [.tableProtocol(.ours), .metadata(metadata)]
        }
        let files = try LakeWriter(table: table, schema: schema)
            .write(select, on: connection, now: 1)
        actions += files.adds.map(DeltaAction.add)
        try #require(try log.commit(actions, as: (snapshot?.version ?? -1) + 1) == .committed)
    }

    /// Writes the rows of a table into one file, in a commit that changes no row.
    func join(_ name: String) throws {
        let table = folder.path("buckets/lake/\(name)")
        let snapshot = try snapshot(of: name)
        let files = try LakeWriter(table: table, schema: snapshot.schema).write(
            LakeRelation.query(of: snapshot, table: table),
            on: connection,
            now: 1,
            dataChange: false
        )
        let actions =
            snapshot.files.map { .remove($0.removed(at: 1, dataChange: false)) }
            + files.adds.map(DeltaAction.add)
        let outcome = try DeltaLog(table: table).commit(actions, as: snapshot.version + 1)
        try #require(outcome == .committed)
    }

    /// Starts the handler for the newest commits of tables.
    func start(_ tables: String...) throws -> RunningProgram {
        try RunningProgram(
            builtProgram(named: "derive"),
            ["--config", folder.path("functions.json"), "--buckets", folder.path("buckets")],
            input: try JSONText.encode(S3Event(records: try tables.map(record))),
            folder: folder.path
        )
    }

    /// Runs the handler for the newest commits of tables.
    func run(_ tables: String...) async throws -> ProgramEnd {
        try await run(event: try JSONText.encode(S3Event(records: try tables.map(record))))
    }

    /// Runs the handler for an event.
    func run(event: Data) async throws -> ProgramEnd {
        try await TestSupport.run(
            builtProgram(named: "derive"),
            ["--config", folder.path("functions.json"), "--buckets", folder.path("buckets")],
            input: event,
            folder: folder.path
        )
    }

    /// Runs the handler for the commit of one table, and returns what it says of each derived one,
    /// as `live derived 0`.
    func answer(_ table: String) async throws -> [String] {
        let end = try await run(table)
        try #require(end.code == 0, "\(end.errors)")
        return try Self.answers(end)
    }

    static func answers(_ end: ProgramEnd) throws -> [String] {
        try HandlerResult(standardOutput: end.output).results.map { result in
            let version = result["version"]?.integer.map { " \($0)" } ?? ""
            return (result["table"]?.string ?? "") + " " + (result["status"]?.string ?? "")
                + version
        }
    }

    private func record(of table: String) throws -> S3Record {
        let version = try self.version(of: table) ?? 0
        let digits = String(version)
        let zeros = String(repeating: "0", count: 20 - digits.count)
        let key = "\(table)/_delta_log/\(zeros)\(digits).json"
        return S3Record(
            version: ObjectVersion(
                bucket: "lake",
                key: key,
                size: 1,
                eTag: "",
                sequencer: .init(rawValue: UInt64(version + 1))
            ),
            trigger: "derived",
            table: table,
            localPath: folder.path("buckets/lake/\(key)"),
            eventTime: "2026-01-01T00:00:00.000Z",
            requestID: "r"
        )
    }

    /// The newest version of a lake table; `nil` where there is none.
    func version(of table: String) throws -> Int64? {
        try DeltaLog(table: folder.path("buckets/lake/\(table)")).newestVersion()
    }

    /// A lake table's state.
    func snapshot(of table: String) throws -> Snapshot {
        try #require(
            try DeltaLog(table: folder.path("buckets/lake/\(table)"))
                .snapshot(using: DuckDBCheckpoints(database))
        )
    }

    /// The rows of a lake table, ordered, each as text.
    func rows(of table: String) throws -> [String] {
        let snapshot = try snapshot(of: table)
        let path = folder.path("buckets/lake/\(table)")
        let relation = LakeRelation.query(of: snapshot, table: path)
        return try connection.rows(
            "SELECT concat_ws(' ', COLUMNS(*)::VARCHAR) FROM (\(relation)) ORDER BY ALL"
        ).map { row in row.map { $0.string ?? "-" }.joined(separator: " ") }
    }

    /// The data files in a table's folder, whether the log names them or not.
    func dataFiles(of table: String) throws -> [String] {
        try folder.files(in: "buckets/lake/\(table)").filter { $0.hasSuffix(".parquet") }
    }
}
