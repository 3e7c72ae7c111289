import Buckets
import Catalog
import DuckDB
import Events
import FunctionConfig

extension TableReader {
    /// Up to this size versions are read together.
    ///
    /// Starting a reader costs as much as reading some hundred kilobytes.
    private static let sizeReadTogether: Int64 = 1 << 20

    /// SQL of the rows of versions, as ``PreparedVersion/relation`` has them for one.
    ///
    /// Versions that are small and written alike are read by one reader.
    ///
    /// - Parameter versions: The versions, all from one ``PreparedRows``.
    /// - Returns: One `SELECT` in parentheses or more, in the order of the versions that each begins
    ///   with.
    public func relations(of versions: [PreparedVersion]) -> [String] {
        var groups: [[PreparedVersion]] = []
        for version in versions {
            let index = groups.firstIndex { Self.canBeReadTogether($0[0], version) }
            if let index { groups[index].append(version) } else { groups.append([version]) }
        }
        return groups.map { group in
            let chunks = group.compactMap { version in version.chunks.map { ($0, version.manifest) }
            }
            guard group.count > 1, chunks.count == group.count else { return group[0].relation }
            let files = group.flatMap { version in
                version.manifest.chunks.map { _ in version.manifest.source }
            }
            return relation(over: Self.typed(chunks), columns: fields, files)
        }
    }

    private static func canBeReadTogether(
        _ first: PreparedVersion,
        _ other: PreparedVersion
    ) -> Bool {
        guard let chunks = first.chunks, let others = other.chunks else { return false }
        return first.manifest.size <= sizeReadTogether && other.manifest.size <= sizeReadTogether
            && first.manifest.format == other.manifest.format && chunks.plan == others.plan
    }

    /// SQL of the rows of chunks that are read as they are, and counted if their tally is wanted.
    static func typed(_ versions: [(chunks: WholeChunks, manifest: Manifest)]) -> String {
        let (chunks, manifest) = versions[0]
        let typed = chunks.plan.typed(
            over: ChunkText.relation(versions.flatMap(\.chunks.files), format: manifest.format),
            keeping: [ChunkText.file]
        )
        guard let tally = chunks.tally else { return typed }
        let file = SQL.identifier(ChunkText.file)
        let places = versions.flatMap { chunks, manifest in
            manifest.chunks.indices.map { (chunks.place ?? 0) + $0 }
        }
        let isRange = places.enumerated().allSatisfy { $1 == places[0] + $0 }
        let place = isRange ? "\(file) + \(places[0])" : "\(places)[\(file) + 1]"
        let condition = tally.condition(place: place, mark: "\"#bad\"")
        return "(SELECT * FROM \(typed) WHERE \(condition))"
    }

    /// SQL of the table's columns, `_source`, `_seq` and, where that is wanted, `#row`.
    ///
    /// `sources` are the version of each file of `typed`, or the one version of all of them.
    func relation(
        over typed: String,
        columns: [ColumnType.Field],
        _ sources: [ObjectVersion]
    ) -> String {
        let rows = transform?.relation(over: typed, columns: columns) ?? typed
        let parted = partitionColumns
        let names = columns.map { column in
            let name = SQL.identifier(column.name)
            // The lake cannot tell an empty text from none in a partition; nor shall the warehouse.
            let isText = column.type == .string && parted.contains(column.name)
            return isText ? "nullif(\(name), '') AS \(name)" : name
        }
        let number = numbersRows ? ["row_number() OVER () AS \"#row\""] : []
        let list = names + computedValues(columns) + Self.own(sources) + number
        return "(SELECT \(list.joined(separator: ", ")) FROM \(rows))"
    }

    private static func own(_ sources: [ObjectVersion]) -> [String] {
        let names = sources.map { SQL.literal($0.source) }
        let numbers = sources.map { "CAST(\($0.sequencer.column) AS BIGINT)" }
        guard names.count > 1 else { return ["\(names[0]) AS _source", "\(numbers[0]) AS _seq"] }
        let index = "[\(SQL.identifier(ChunkText.file)) + 1]"
        return [
            "[\(names.joined(separator: ", "))]\(index) AS _source",
            "[\(numbers.joined(separator: ", "))]\(index) AS _seq",
        ]
    }
}
