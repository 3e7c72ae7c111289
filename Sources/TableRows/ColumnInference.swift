import Catalog
import DuckDB
import Events

/// A column of text whose type is looked for.
struct TextColumn {
    /// SQL of the text.
    var text: String
    /// The types that come into question, besides text.
    var candidates: [ColumnType] = [.boolean, .bigint, .double, .date, .timestamp]
    /// Whether it must hold dates or times, so that other values do not count.
    var isTime = false
}

/// Finds the narrowest type that holds every value of a column.
struct ColumnInference {
    /// SQL of the rows.
    let relation: String
    /// How dates and times are written.
    let times: TimeFormats
    /// How many rows there are at most.
    var rowCount = Int.max
    /// How many rows are looked at first, to leave out what cannot be.
    private let sample = 10_000

    /// The types of columns, in their order.
    ///
    /// A first look at some rows leaves only few types to be tried on all of them; columns that are
    /// text there are not read again.
    func types(
        of columns: [TextColumn],
        on connection: borrowing Connection
    ) throws -> [InferredType] {
        if rowCount <= sample { return try count(columns, in: relation, connection).map(\.type) }
        let first = try count(
            columns,
            in: "(SELECT * FROM \(relation) LIMIT \(sample))",
            connection
        )
        let narrowed = zip(columns, first).map { column, counts in
            var column = column
            if !column.isTime { column.candidates = counts.possible(column.candidates) }
            return column
        }
        let open = narrowed.indices.filter {
            narrowed[$0].isTime || !narrowed[$0].candidates.isEmpty
        }
        guard !open.isEmpty else { return first.map { _ in InferredType(.string) } }
        let all = try count(open.map { narrowed[$0] }, in: relation, connection)
        var types = columns.map { _ in InferredType(.string) }
        for (index, counts) in zip(open, all) { types[index] = counts.type }
        return types
    }

    /// How many values of a column are texts, and texts of a type.
    private struct Counts {
        var values = 0
        var wideIntegers = 0
        var byType: [(type: ColumnType, count: Int)] = []
        /// Of a column that must hold times: how many of its times are no dates.
        var timesBeyondDates: Int?

        func holdsAll(_ type: ColumnType) -> Bool {
            byType.contains { $0.type == type && $0.count == values }
        }

        /// The types that are still possible; integers may turn out as doubles.
        func possible(_ candidates: [ColumnType]) -> [ColumnType] {
            values == 0 ? candidates : candidates.filter(holdsAll)
        }

        var type: InferredType {
            if let timesBeyondDates {
                return InferredType(timesBeyondDates > 0 ? .timestamp : .date)
            }
            guard values > 0 else { return InferredType(.void) }
            for type in [ColumnType.boolean, .bigint] where holdsAll(type) {
                return InferredType(type, hasWideInteger: wideIntegers > 0)
            }
            if holdsAll(.double) {
                return wideIntegers == 0
                    ? InferredType(.double) : InferredType(.string, hasWideInteger: true)
            }
            for type in [ColumnType.date, .timestamp] where holdsAll(type) {
                return InferredType(type)
            }
            return InferredType(.string)
        }
    }

    /// Counts some columns at a time, as the cost of a statement grows with the square of its size.
    private func count(
        _ columns: [TextColumn],
        in relation: String,
        _ connection: borrowing Connection
    ) throws -> [Counts] {
        var counts: [Counts] = []
        for start in stride(from: 0, to: columns.count, by: 100) {
            let some = columns[start..<min(start + 100, columns.count)]
            counts += try count(some, of: relation, connection)
        }
        return counts
    }

    private func count(
        _ columns: ArraySlice<TextColumn>,
        of relation: String,
        _ connection: borrowing Connection
    ) throws -> [Counts] {
        var figures: [String] = []
        for column in columns {
            if column.isTime {
                figures += [ColumnType.date, .timestamp].map { type in
                    "count(\(ScalarText.time(column.text, as: type, times: times)))"
                }
                continue
            }
            let hasValue = "\(column.text) IS NOT NULL AND trim(\(column.text)) <> ''"
            figures.append("count(*) FILTER (\(hasValue))")
            for type in column.candidates {
                let looks = ScalarText.looks(column.text, like: type, times: times)
                figures.append("count(*) FILTER (\(hasValue) AND \(looks))")
            }
            if column.candidates.contains(.bigint) || column.candidates.contains(.double) {
                let isInteger = ScalarText.looks(column.text, like: .bigint, times: times)
                let isWide = ScalarText.isWideInteger(column.text)
                figures.append("count(*) FILTER (\(hasValue) AND \(isInteger) AND \(isWide))")
            } else {
                figures.append("0")
            }
        }
        let row = try connection.rows("SELECT \(figures.joined(separator: ", ")) FROM \(relation)")
        var numbers = (row.first ?? []).map { $0.int ?? 0 }[...]
        return columns.map { column in
            var counts = Counts(values: numbers.popFirst() ?? 0)
            if column.isTime {
                // Every date is a time as well.
                counts.timesBeyondDates = (numbers.popFirst() ?? 0) - counts.values
                return counts
            }
            for type in column.candidates { counts.byType.append((type, numbers.popFirst() ?? 0)) }
            counts.wideIntegers = numbers.popFirst() ?? 0
            return counts
        }
    }
}
