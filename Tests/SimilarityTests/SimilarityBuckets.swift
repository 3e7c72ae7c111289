import DeltaTable
import DuckDB
import Events
import FoundationEssentials
import LakeFiles
import TestSupport
import Testing

/// Buckets with a lake table of indicators, and the handler that works on them.
final class SimilarityBuckets {
    let folder: ScratchFolder
    private let database: Database
    private let connection: Connection
    private let log: DeltaLog
    private let table: String

    private let memory: Int

    /// Makes buckets without tables, with the table's `similarity` settings as JSON, and the memory
    /// of the function in MiB.
    init(settings: String = #"{"perInterval": true}"#, memory: Int = 4_096) throws {
        self.memory = memory
        folder = try ScratchFolder()
        database = try Database()
        connection = try database.connect()
        table = folder.path("buckets/lake/indicators")
        log = DeltaLog(table: table)
        try configure(settings)
        try folder.write("", to: "buckets/lake/.keep")
    }

    /// Changes the table's `similarity` settings.
    func configure(_ settings: String) throws {
        try folder.write(
            """
            {"functions": {"similarity": {"handler": "similarity", "memory": \(memory)}},
             "tables": {"indicators": {"similarity": \(settings)}}}
            """,
            to: "functions.json"
        )
    }

    static let columns: [DeltaField] = [
        .init(name: "indicator_id", type: .string), .init(name: "locale", type: .string),
        .init(name: "interval", type: .string), .init(name: "dimension_id", type: .string),
        .init(name: "value", type: .double),
    ]

    /// Commits rows to the table, and takes away the files of the indicators in `replacing`.
    ///
    /// `dataChange` is `false` for rows that are only rearranged.
    func commit(
        _ select: String?,
        replacing: Set<String> = [],
        dataChange: Bool = true,
        columns: [DeltaField] = SimilarityBuckets.columns,
        partitions: [String] = ["indicator_id"]
    ) throws {
        let schema = DeltaSchema(columns)
        let snapshot = try log.snapshot(using: DuckDBCheckpoints(database))
        var actions: [DeltaAction] = []
        if snapshot == nil {
            let metadata = Metadata(id: "t", schema: schema, partitionColumns: partitions)
            actions = [.tableProtocol(.ours), .metadata(metadata)]
        }
        for file in snapshot?.files ?? [] {
            guard let value = file.partitionValues["indicator_id"], let value,
                replacing.contains(value)
            else { continue }
            actions.append(.remove(file.removed(at: 1, dataChange: dataChange)))
        }
        if let select {
            let writer = LakeWriter(table: table, schema: schema, partitionColumns: partitions)
            let files = try writer.write(select, on: connection, now: 1, dataChange: dataChange)
            actions += files.adds.map(DeltaAction.add)
        }
        try #require(try log.commit(actions, as: (snapshot?.version ?? -1) + 1) == .committed)
    }

    /// Rows of an indicator in which every value depends on its place, interval and dimension.
    static func rows(
        _ indicator: String,
        locales: [String] = ["US", "US:ST:MN", "US:ST:WI", "US:CO:27053"],
        intervals: Int = 6,
        factor: Int = 1
    ) -> String {
        """
        SELECT \(SQL.literal(indicator)) AS indicator_id, locale, 'Y1:' || (2000 + i) AS "interval",
        'D' || d AS dimension_id,
        ((hash(locale) % 89 + i * \(factor) * (hash(locale) % 7) + d * i) % 97)::DOUBLE AS value
        FROM unnest(\(SQL.list(locales))) l(locale), range(\(intervals)) r(i), range(2) s(d)
        """
    }

    /// Runs the handler for the newest commit of the table.
    func run() async throws -> ProgramEnd { try await start().end() }

    /// Starts the handler for the newest commit of the table.
    func start() throws -> RunningProgram {
        let version = try log.newestVersion() ?? 0
        let digits = String(version)
        let key =
            "indicators/_delta_log/" + String(repeating: "0", count: 20 - digits.count) + digits
            + ".json"
        let record = S3Record(
            version: ObjectVersion(
                bucket: "lake",
                key: key,
                size: 1,
                eTag: "",
                sequencer: .init(rawValue: 1)
            ),
            trigger: "similar",
            table: "indicators",
            localPath: folder.path("buckets/lake/\(key)"),
            eventTime: "2026-01-01T00:00:00.000Z",
            requestID: "r"
        )
        return try RunningProgram(
            try builtProgram(named: "similarity"),
            ["--config", folder.path("functions.json"), "--buckets", folder.path("buckets")],
            input: try JSONText.encode(S3Event(records: [record])),
            folder: folder.path
        )
    }

    /// Data files in the tables of results that belong to none of their states.
    func strayFiles() throws -> [String] {
        try ["weighted_distances", "distances_over_time", "compared_sets"].flatMap { table in
            let path = folder.path("buckets/lake/\(table)")
            let snapshot = try DeltaLog(table: path).snapshot(using: DuckDBCheckpoints(database))
            let known = Set((snapshot?.files ?? []).map(\.filePath))
            return try folder.files(in: "buckets/lake/\(table)")
                .filter { $0.hasSuffix(".parquet") && !$0.contains("_delta_log") }
                .filter { !known.contains($0) }
        }
    }

    /// Runs the handler and returns the figures of its answer.
    func answer() async throws -> [String: Int] {
        let end = try await run()
        try #require(end.code == 0, "\(end.errors)")
        let result = try HandlerResult(standardOutput: end.output)
        let members = try #require(result.results.first?.members)
        return Dictionary(
            uniqueKeysWithValues: members.compactMap { member in
                member.value.integer.map { (member.name, Int($0)) }
            }
        )
    }

    /// The newest version of a lake table; `nil` where there is none.
    func version(of table: String) throws -> Int64? {
        try DeltaLog(table: folder.path("buckets/lake/\(table)")).newestVersion()
    }

    /// The rows of a query in which `TABLE` stands for a lake table.
    func rows(of table: String, _ query: String) throws -> [[SQLValue]] {
        let path = folder.path("buckets/lake/\(table)")
        let snapshot = try #require(
            try DeltaLog(table: path).snapshot(using: DuckDBCheckpoints(database))
        )
        let relation = "(\(LakeRelation.query(of: snapshot, table: path)))"
        return try connection.rows(
            query.split(separator: "TABLE", omittingEmptySubsequences: false)
                .joined(separator: relation)
        )
    }

    /// The indicators that have rows in a lake table.
    func indicators(in table: String) throws -> [String] {
        try rows(of: table, "SELECT DISTINCT indicator_id FROM TABLE ORDER BY ALL")
            .compactMap { $0[0].string }
    }
}
