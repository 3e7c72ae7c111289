import Buckets
import DeltaTable
import FoundationEssentials
import FunctionConfig
import LakeFiles
import ParquetFile
import SimilarityKernel

/// The files of one indicator while they are written; for one thread.
///
/// A lake file begins with its first rows.
final class ResultFiles {
    /// Whether the indicator has a file for the owner of its data.
    var hasFile: Bool { file != nil }

    private let indicator: NamedIndicator
    private let writer: ResultWriter
    private let now: Int64
    private let file: ResultFile?
    private var open: [ResultTable: OpenFile] = [:]
    private var sets: ComparedSets

    private struct OpenFile {
        let lake: LakeWriter
        let file: LakeWriter.OwnFile
        let parquet: ParquetFileWriter
    }

    /// Begins the files of an indicator.
    init(of indicator: NamedIndicator, _ writer: ResultWriter, now: Int64) throws {
        self.indicator = indicator
        self.writer = writer
        self.now = now
        sets = ComparedSets(indicator)
        let path = writer.scratch + "/" + UUID().uuidString.lowercased() + ".csv"
        file = writer.settings.file ? try ResultFile(path: path) : nil
    }

    /// Adds compared pairs, and their lines.
    func append(_ pairs: ResultRows.Pairs, _ lines: [UInt8]?) throws {
        try append(pairs.rows, to: .weightedDistances, ResultRows.pairColumns)
        sets.add(pairs.intervalIDs, pairs.intervalSets, isOfIntervals: true)
        sets.add(pairs.dimensionIDs, pairs.dimensionSets, isOfIntervals: false)
        if let lines { try file?.append(lines) }
    }

    /// Adds distances over time.
    func append(_ distances: EncodedRowGroup) throws {
        try append(distances, to: .distancesOverTime, ResultRows.distanceColumns)
    }

    /// Writes the sets, and ends all files.
    func finish() throws -> IndicatorResults {
        try sets.forEachGroup { values, rows in
            let group = writer.encoders.sets.encode(values, rows: rows)
            try append(group, to: .comparedSets, ComparedSets.columns)
        }
        var finished: [ResultTable: LakeFiles] = [:]
        for (table, open) in open {
            let facts = try open.parquet.finish(synchronized: false)
            finished[table] = open.lake.finish(
                open.file,
                rows: facts.rows,
                size: facts.size,
                bounds: Self.bounds(facts),
                now: now
            )
        }
        return IndicatorResults(
            indicator: indicator.id,
            files: finished,
            file: file,
            pairs: finished[.weightedDistances]?.recordCount ?? 0,
            repeatedValues: indicator.values.repeatedValues,
            ignoredRows: indicator.ignoredRows
        )
    }

    /// Removes what there is.
    func discard() {
        for open in open.values { open.file.discard() }
        if let file { try? FilePath.removeTree(file.path) }
    }

    private func append(
        _ group: EncodedRowGroup,
        to table: ResultTable,
        _ columns: [ParquetColumn]
    ) throws {
        guard group.rows > 0 else { return }
        if let known = open[table] { return try known.parquet.append(group) }
        let lake = LakeWriter(
            table: writer.buckets.lakeTable(table.rawValue),
            schema: table.schema,
            partitionColumns: ["indicator_id"],
            mark: writer.mark
        )
        let file = try lake.ownFile(partitionValues: ["indicator_id": indicator.id])
        do {
            let parquet = try ParquetFileWriter(path: file.path, columns: columns)
            open[table] = OpenFile(lake: lake, file: file, parquet: parquet)
            try parquet.append(group)
        } catch {
            file.discard()
            throw error
        }
    }

    private static func bounds(_ facts: ParquetFacts) -> [String: LakeWriter.Bounds] {
        var bounds: [String: LakeWriter.Bounds] = [:]
        for column in facts.columns {
            guard let least = column.minimum.flatMap(text),
                let greatest = column.maximum.flatMap(text)
            else { continue }
            bounds[column.name] = LakeWriter.Bounds(least: least, greatest: greatest)
        }
        return bounds
    }

    private static func text(_ value: ParquetScalar) -> String? {
        switch value {
        // A longer one is no help in skipping files.
        case .text(let text): text.utf8.count <= 64 ? text : nil
        case .integer(let number): String(number)
        case .number(let number): "\(number)"
        }
    }
}
