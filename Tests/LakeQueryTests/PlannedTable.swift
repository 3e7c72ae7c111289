import DeltaTable
import DuckDB
import LakeFiles
import LakeQuery
import TestSupport

/// A lake table of many files, with the same rows in a plain table of DuckDB beside it.
final class PlannedTable {
    let folder: ScratchFolder
    let database: Database
    let connection: Connection
    let table: LakeTable

    /// Rows of every type that the log keeps bounds of, in 64 files: 16 partitions, 4 in each.
    static let rows = """
        SELECT i AS id, CASE WHEN i % 16 = 0 THEN NULL ELSE 'p' || i % 16 END AS p,
               (i // 16)::INTEGER AS n, CASE WHEN i % 7 = 0 THEN NULL ELSE i * 1.5 END::DOUBLE AS d,
               (i % 100 / 10)::DECIMAL(6,2) AS dec, DATE '2024-01-01' + (i // 20)::INTEGER AS day,
               TIMESTAMPTZ '2024-01-01 00:00:00Z' + to_seconds(i * 1000) AS moment,
               'name ' || i AS s, i % 3 = 0 AS b, CASE WHEN i < 512 THEN 'old' END AS era
        FROM range(1024) t(i)
        """
    static let schema = DeltaSchema([
        DeltaField(name: "id", type: .long), DeltaField(name: "p", type: .string),
        DeltaField(name: "n", type: .integer), DeltaField(name: "d", type: .double),
        DeltaField(name: "dec", type: .decimal(precision: 6, scale: 2)),
        DeltaField(name: "day", type: .date), DeltaField(name: "moment", type: .timestamp),
        DeltaField(name: "s", type: .string), DeltaField(name: "b", type: .boolean),
        DeltaField(name: "era", type: .string),
    ])

    /// Writes the table; `isForeign` files look like those of another program.
    init(isForeign: Bool = false) throws {
        folder = try ScratchFolder()
        database = try Database(settings: ["threads": "2"])
        connection = try database.connect()
        let path = folder.path("lake/t")
        let log = DeltaLog(table: path)
        try connection.execute("CREATE SCHEMA lake; CREATE TABLE plain AS \(Self.rows)")
        let writer = LakeWriter(table: path, schema: Self.schema, partitionColumns: ["p"])
        for quarter in 0..<4 {
            let files = try writer.write(
                "SELECT * FROM plain WHERE id // 256 = \(quarter)",
                on: connection,
                now: 0
            )
            let start: [DeltaAction] =
                quarter == 0
                ? [
                    .tableProtocol(.ours),
                    .metadata(Metadata(id: "x", schema: Self.schema, partitionColumns: ["p"])),
                ] : []
            let adds = files.adds.map { isForeign ? Self.foreign($0) : $0 }
            _ = try log.commit(start + adds.map(DeltaAction.add), as: Int64(quarter))
        }
        guard let snapshot = try log.snapshot(using: DuckDBCheckpoints(database)) else {
            throw DuckDBError(step: "prepare", message: "no table")
        }
        table = LakeTable(name: "t", folder: path, snapshot: snapshot)
        try connection.execute("SET search_path = 'main,lake'")
    }

    private static func foreign(_ file: AddFile) -> AddFile {
        AddFile(
            path: file.path,
            partitionValues: file.partitionValues,
            size: file.size,
            modificationTime: file.modificationTime,
            stats: file.stats
        )
    }

    /// The files that a statement over `t` needs; `nil` if it could not be planned.
    func files(for sql: String, values: [String: String] = [:]) -> [AddFile]? {
        StatementPlan(of: sql, values: values, over: [table], on: connection)
            .map { FilePruning.files(of: table, for: $0.scans, on: connection) }
    }

    /// The statement's rows from a view of only those files that it needs.
    func answer(_ sql: String) throws -> (rows: [[SQLValue]], files: Int) {
        let needed = files(for: sql)
        let query = LakeRelation.query(of: table.snapshot, table: table.folder, files: needed)
        try connection.execute("CREATE OR REPLACE VIEW lake.t AS \(query)")
        defer { _ = try? connection.execute("DROP VIEW lake.t") }
        return (try connection.rows(sql), needed?.count ?? table.snapshot.files.count)
    }

    /// The statement's rows from the plain table.
    func expected(_ sql: String) throws -> [[SQLValue]] {
        try connection.execute("CREATE VIEW lake.t AS FROM plain")
        defer { _ = try? connection.execute("DROP VIEW lake.t") }
        return try connection.rows(sql)
    }
}
