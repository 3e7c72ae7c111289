public import Buckets
import Catalog
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime

extension TableReader {
    /// The columns that part the lake table: those of the settings, or those from folders.
    public var partitionColumns: [String] {
        settings.partitionBy.isEmpty
            ? entry.columns.filter(\.isPartitionKey).map(\.name) : settings.partitionBy
    }

    /// Whether partitions depend on one of these columns.
    public func isPartition(anyOf columns: [String]) -> Bool {
        let sources = partitionColumns + settings.computedPartitions.map(\.source)
        return !Set(sources).isDisjoint(with: columns)
    }

    /// The table's columns with those behind them that are computed for partitions.
    ///
    /// - Throws: `HandlerError` when `partitionBy` or `sortBy` names what the table has not.
    func withComputed(_ columns: [ColumnType.Field]) throws(HandlerError) -> [ColumnType.Field] {
        for partition in settings.computedPartitions {
            try partition.check(columns, table: settings.name)
        }
        let all = columns + settings.computedPartitions.map(\.field)
        for (setting, names) in [
            ("partitionBy", settings.partitionBy), ("sortBy", settings.sortBy),
        ] {
            for name in names {
                guard let field = all.first(where: { $0.name == name }) else {
                    throw .input(
                        "UnknownColumn",
                        "tables.\(settings.name).\(setting) names `\(name)`; the table has "
                            + "\(all.map(\.name).joined(separator: ", ")). Correct functions.json, "
                            + "then `sluice redrive`"
                    )
                }
                guard field.type.isScalar || setting != "partitionBy" else {
                    throw .input(
                        "NestedPartition",
                        "tables.\(settings.name).partitionBy names `\(name)`, which is nested; use "
                            + "a column of text, numbers or times"
                    )
                }
            }
        }
        return all
    }

    /// SQL of the computed columns over a relation with the others.
    func computedValues(_ columns: [ColumnType.Field]) -> [String] {
        settings.computedPartitions.map { partition in
            let type = columns.first { $0.name == partition.source }?.type ?? .string
            return "\(partition.value(from: type)) AS \(SQL.identifier(partition.name))"
        }
    }

    /// Whether a version can have rows of more partitions than the settings allow.
    public func canHaveTooManyPartitions(_ manifests: [Manifest]) -> Bool {
        manifests.contains { canHaveTooManyPartitions($0.records) }
    }

    /// Whether so many rows can belong to more partitions than the settings allow.
    func canHaveTooManyPartitions(_ rows: Int) -> Bool {
        !settings.partitionBy.isEmpty && rows > settings.maxPartitions
    }

    /// The refusal of a version that would part the lake table into too many pieces.
    ///
    /// `estimate` is about how many partitions it has; the exact number is looked for only where
    /// that leaves a doubt. A version counts by itself, so that batches decide nothing.
    func refusal(
        ofPartitionsIn version: PreparedVersion,
        estimate: Int?,
        on connection: borrowing Connection
    ) throws -> VersionRefusal? {
        let names = settings.partitionBy
        // The estimate is right within a fifth as a rule; half the limit is far from it.
        guard canHaveTooManyPartitions(version.rows),
            (estimate ?? .max) > settings.maxPartitions / 2
        else { return nil }
        let columns = names.map { SQL.identifier($0) }.joined(separator: ", ")
        let counts = names.map { ", count(DISTINCT \(SQL.identifier($0)))" }.joined()
        let row = try connection.rows(
            "SELECT count(*)\(counts) FROM (SELECT DISTINCT \(columns) FROM \(version.relation))"
        )
        let figures = (row.first ?? []).map { $0.int ?? 0 }
        guard let total = figures.first, total > settings.maxPartitions else { return nil }
        let values = Array(zip(names, figures.dropFirst()))
        let worst = values.max { $0.1 < $1.1 }?.0 ?? ""
        let list = values.map { "\($0): \($1) values" }.joined(separator: ", ")
        return VersionRefusal(
            source: version.manifest.source,
            type: "TooManyPartitions",
            message: "\(version.manifest.source.source): its rows belong to \(total) partitions of "
                + "\(settings.name) (\(list)), more than `maxPartitions` (\(settings.maxPartitions)) "
                + "allows; each would be a file or more. \(remedy(for: worst)), then `sluice redrive`"
        )
    }

    private func remedy(for column: String) -> String {
        switch settings.computedPartitions.first(where: { $0.name == column }) {
        case nil:
            "Take \(column) out of `partitionBy` and put it into `sortBy`, or use "
                + "bucket(64, \(column))"
        case let partition? where partition.isOfTime:
            "Use longer stretches of \(partition.source), such as month(\(partition.source)), in "
                + "`partitionBy`"
        case let partition?: "Use fewer buckets of \(partition.source) in `partitionBy`"
        }
    }
}
