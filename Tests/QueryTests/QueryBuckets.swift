import DeltaTable
import DuckDB
import LakeFiles
import TestSupport

/// Buckets with the lake table `people` and a warehouse with the table `t`.
struct QueryBuckets {
    let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        try add(
            "SELECT * FROM (VALUES (1, 'Oslo'), (2, 'São Paulo'), (3, NULL)) v(id, city)",
            at: 0
        )
        try Database().connect().execute(
            """
            ATTACH '\(folder.path("buckets/warehouse.duckdb"))' AS w;
            CREATE TABLE w.t AS SELECT 7 AS x;
            """
        )
    }

    /// Commits rows to a lake table of `id` and `city`, partitioned by city.
    ///
    /// - Parameters:
    ///   - select: The rows.
    ///   - table: The table, which is made if it is not there.
    ///   - time: When it was committed, in milliseconds since 1970.
    /// - Throws: What preparing the files or the commit throws.
    func add(_ select: String, to table: String = "people", at time: Int64) throws {
        let schema = DeltaSchema([
            DeltaField(name: "id", type: .long), DeltaField(name: "city", type: .string),
        ])
        let path = folder.path("buckets/lake/\(table)")
        let files = try LakeWriter(table: path, schema: schema, partitionColumns: ["city"])
            .write(select, on: Database().connect(), now: time)
        let log = DeltaLog(table: path)
        let version = try log.newestVersion().map { $0 + 1 } ?? 0
        let metadata = Metadata(id: "x", schema: schema, partitionColumns: ["city"])
        let start: [DeltaAction] = version == 0 ? [.tableProtocol(.ours), .metadata(metadata)] : []
        let info = DeltaAction.commitInfo(CommitInfo(timestamp: time, operation: "WRITE"))
        let outcome = try log.commit(start + [info] + files.adds.map(DeltaAction.add), as: version)
        guard outcome == .committed else { throw DuckDBError(step: "prepare", message: "conflict") }
    }

    func ask(_ arguments: String...) async throws -> ProgramEnd {
        try await run(
            builtProgram(named: "sluice-sql"),
            ["query"] + arguments,
            folder: folder.path
        )
    }
}
