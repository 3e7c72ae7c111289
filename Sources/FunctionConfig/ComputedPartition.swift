import Events

/// A partition column whose values are computed from another column, under Iceberg's names.
///
/// Source: Apache Iceberg specification, "Partition Transforms".
public struct ComputedPartition: Sendable, Equatable, CustomStringConvertible {
    /// How the value is computed; null comes from null.
    public enum Transform: Sendable, Equatable {
        /// The year in UTC, a number.
        case year
        /// The first day of the month in UTC.
        case month
        /// The day in UTC.
        case day
        /// The beginning of the hour.
        case hour
        /// A number below this one, the same for equal values.
        case bucket(Int)
    }

    /// How the value is computed.
    public let transform: Transform
    /// The column that it is computed from.
    public let source: String

    /// The most buckets of a column.
    public static let mostBuckets = 10_000

    /// Computes `transform` of a column.
    public init(_ transform: Transform, of source: String) {
        self.transform = transform
        self.source = source
    }

    /// Reads `day(time)` or `bucket(16, item)`; nil when it is neither.
    public init?(_ text: String) {
        guard text.hasSuffix(")"), let open = text.firstIndex(of: "(") else { return nil }
        let arguments = text[text.index(after: open)...].dropLast()
            .split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " } }
        let transform: Transform
        switch (text[..<open], arguments.count) {
        case ("year", 1): transform = .year
        case ("month", 1): transform = .month
        case ("day", 1): transform = .day
        case ("hour", 1): transform = .hour
        case ("bucket", 2):
            guard let count = Int(arguments[0]), (1...Self.mostBuckets).contains(count) else {
                return nil
            }
            transform = .bucket(count)
        default: return nil
        }
        guard let source = arguments.last, !source.isEmpty else { return nil }
        self.init(transform, of: source)
    }

    /// The column's name in lake and warehouse: `time_day`, `item_bucket_16`.
    public var name: String {
        switch transform {
        case .year: source + "_year"
        case .month: source + "_month"
        case .day: source + "_day"
        case .hour: source + "_hour"
        case .bucket(let count): "\(source)_bucket_\(count)"
        }
    }

    /// Whether it is computed from a date or a time.
    public var isOfTime: Bool {
        if case .bucket = transform { return false }
        return true
    }

    /// The setting's text, `day(time)`.
    public var description: String {
        switch transform {
        case .year: "year(\(source))"
        case .month: "month(\(source))"
        case .day: "day(\(source))"
        case .hour: "hour(\(source))"
        case .bucket(let count): "bucket(\(count), \(source))"
        }
    }
}

extension TableSettings {
    /// Columns of files that must hold dates or times although settings do not give their type.
    ///
    /// What is neither there is a bad row, as in a column whose type is given.
    public var timeColumns: Set<String> {
        // A `transform` makes the columns anew.
        guard transform == nil else { return [] }
        let given = Set(columns.map(\.name))
        return Set(computedPartitions.filter(\.isOfTime).map(\.source)).subtracting(given)
    }
}
