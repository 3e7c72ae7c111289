import Buckets
import DeltaTable
import DuckDB
import FoundationEssentials
import FunctionConfig
import LakeFiles
import SimilarityKernel

/// Computes an indicator's results and writes them to files that belong to no table yet.
final class ResultWriter {
    private let buckets: BucketsFolder
    private let scratch: String
    private let settings: TableSettings.SimilaritySettings
    private let memory: Int
    private let connection: Connection
    private let pairs: RowSource
    private let distances: RowSource
    private let sets: RowSource
    private let mark: String

    /// Prepares to write.
    ///
    /// - Parameters:
    ///   - buckets: Where the lake is.
    ///   - scratch: An existing folder for files that are moved into `results` later.
    ///   - database: Writes the files; one writer a database.
    ///   - settings: What to write.
    ///   - memory: Bytes for results that are computed and not yet written.
    ///   - mark: What the names of the lake files begin with.
    /// - Throws: `DuckDBError` where the database has a writer already.
    init(
        _ buckets: BucketsFolder,
        scratch: String,
        database: borrowing Database,
        settings: TableSettings.SimilaritySettings,
        memory: Int,
        mark: String
    ) throws(DuckDBError) {
        self.buckets = buckets
        self.scratch = scratch
        self.settings = settings
        self.memory = memory
        self.mark = mark
        connection = try database.connect()
        pairs = try RowSource(
            connection,
            name: "computed_pairs",
            columns: IndicatorRows.pairColumns
        )
        distances = try RowSource(
            connection,
            name: "computed_distances",
            columns: IndicatorRows.distanceColumns
        )
        sets = try RowSource(
            connection,
            name: "computed_sets",
            columns: IndicatorRows.setColumns
        )
    }

    /// Writes an indicator's results; without pairs there are no lake files.
    ///
    /// - Parameters:
    ///   - indicator: What to compare.
    ///   - now: The present time in milliseconds since 1970.
    /// - Returns: The files.
    /// - Throws: `LakeFilesError`, `DuckDBError`.
    func write(_ indicator: NamedIndicator, now: Int64) throws -> IndicatorResults {
        var results = IndicatorResults(indicator: indicator.id)
        do {
            try write(indicator, now: now, into: &results)
        } catch {
            results.discard()
            throw error
        }
        return results
    }

    private func write(
        _ indicator: NamedIndicator,
        now: Int64,
        into results: inout IndicatorResults
    ) throws {
        var rows = IndicatorRows(indicator, topK: settings.topK, memory: memory)
        func write(
            _ table: ResultTable,
            from source: RowSource,
            named name: String,
            _ next: @escaping (ChunkWriter) throws -> Int
        ) throws -> LakeFiles {
            let writer = LakeWriter(
                table: buckets.lakeTable(table.rawValue),
                schema: table.schema,
                partitionColumns: ["indicator_id"],
                mark: mark
            )
            return try source.supply(next) {
                try writer.writeInOrder(
                    "FROM \(name)()",
                    partitionValues: ["indicator_id": indicator.id],
                    on: connection,
                    now: now
                )
            }
        }
        let weighted = try write(.weightedDistances, from: pairs, named: "computed_pairs") {
            rows.nextPairs($0)
        }
        results.files[.weightedDistances] = weighted
        results.pairs = weighted.recordCount
        if settings.perInterval {
            results.files[.distancesOverTime] = try write(
                .distancesOverTime,
                from: distances,
                named: "computed_distances"
            ) { rows.nextDistances($0) }
        }
        // Last, for only now all pairs' sets are known.
        results.files[.comparedSets] = try write(
            .comparedSets,
            from: sets,
            named: "computed_sets"
        ) { try rows.nextSets($0) }
        results.repeatedValues = indicator.values.repeatedValues
        results.ignoredRows = indicator.ignoredRows
        results.file = try writeFile(of: indicator.id, weighted)
    }

    /// Writes the indicator's file for the owner of its data, from what is in the lake file.
    private func writeFile(of indicator: String, _ weighted: LakeFiles) throws -> String {
        let path = scratch + "/" + UUID().uuidString.lowercased() + ".csv"
        let fields = ResultTable.weightedDistances.schema.fields.prefix {
            $0.name != "intervals_set"
        }
        let columns = fields.map { field in
            let name = SQL.identifier(field.name)
            return field.name == "indicator_id" ? "\(SQL.literal(indicator)) AS \(name)" : name
        }
        let rows =
            weighted.adds.first.map {
                "read_parquet([\(SQL.literal(weighted.table + "/" + $0.filePath))], "
                    + "hive_partitioning = false)"
            } ?? "computed_pairs() WHERE false"
        try connection.execute(
            """
            COPY (SELECT \(columns.joined(separator: ", ")) FROM \(rows))
            TO \(SQL.literal(path)) (FORMAT csv, HEADER)
            """
        )
        return path
    }
}

/// An indicator's results in files, to become visible by commits and a rename; or that it has none.
struct IndicatorResults {
    let indicator: String
    /// The lake files of each table.
    var files: [ResultTable: LakeFiles] = [:]
    /// The file for bucket `results`, still in the scratch folder; `nil` removes what is there.
    var file: String?
    /// Rows of `weighted_distances`.
    var pairs: Int64 = 0
    /// Values that came for a cell that already had one.
    var repeatedValues = 0
    /// Rows that are incomplete or have no finite value.
    var ignoredRows = 0

    /// Removes the files, when they will not be part of any table but those in `committed`.
    func discard(but committed: Set<ResultTable> = []) {
        for (table, files) in files where !committed.contains(table) { files.discard() }
        if let file { try? FilePath.removeTree(file) }
    }
}
