import ArgumentParser
import DuckDB

/// A drawing of rows in a terminal: labels or x in the first column, numbers in the others.
struct Chart {
    /// The form of a drawing.
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        /// A bar for each row and number.
        case bar
        /// A line for each column of numbers.
        case line
    }

    let kind: Kind
    /// How many characters a line has.
    let width: Int
    /// The columns of numbers that are drawn; all of them if this is empty.
    var columns: [String] = []

    /// The drawing, with a line for what is not in it.
    func drawn(_ result: borrowing QueryResult) throws -> String {
        let rows = try ChartRows(
            result,
            of: columns,
            limit: kind == .bar ? Self.mostBars : Self.mostPoints
        )
        guard rows.count > 0 else { return "(0 rows)\n" }
        let drawing: [String]
        var left: [String] = []
        switch kind {
        case .bar: drawing = BarDrawing(rows: rows, width: width).lines
        case .line:
            let line = LineDrawing(rows: rows, width: width)
            drawing = line.lines
            left += line.leftOut
        }
        if !rows.otherColumns.isEmpty {
            left.append("columns that are no numbers: \(rows.otherColumns.joined(separator: ", "))")
        }
        if rows.beyond > 0 {
            left.append("\(Figures.rows(rows.beyond)) more; choose some with ORDER BY and LIMIT")
        }
        let notes = left.isEmpty ? [] : ["(not drawn: \(left.joined(separator: "; ")))"]
        return (drawing + notes).joined(separator: "\n") + "\n"
    }

    private static let mostBars = 50
    private static let mostPoints = 1_000_000
}

/// The rows that a chart draws.
struct ChartRows {
    /// A column of numbers.
    struct Series {
        let name: String
        /// The numbers; nil for null and what is no number.
        var values: [Double?] = []
    }

    /// The first column as text; nil for null.
    private(set) var labels: [String?] = []
    /// The first column as places on an axis; nil where the column has no order of that kind.
    private(set) var places: [Double?]?
    private(set) var series: [Series]
    /// The names of columns that cannot be drawn.
    let otherColumns: [String]
    /// How many rows came after those that are kept.
    private(set) var beyond = 0

    var count: Int { labels.count }

    /// Reads all rows and keeps the first `limit`.
    ///
    /// - Throws: `QueryError` when there is no column to draw, or what running the query throws.
    init(_ result: borrowing QueryResult, of names: [String], limit: Int) throws {
        let columns = result.columns
        let numbers = columns.indices.dropFirst().filter { columns[$0].type.isNumber }
        let drawn = numbers.filter { names.isEmpty || names.contains(columns[$0].name) }
        if let lost = names.first(where: { name in !drawn.contains { columns[$0].name == name } }) {
            throw QueryError.failed(
                "`-- chart: \(lost)` is no column of numbers of this result, or its first; it has: "
                    + columns.map(\.name).joined(separator: ", ")
            )
        }
        guard let first = columns.first, !drawn.isEmpty else {
            let present = columns.map {
                "\($0.name) (\($0.type.isNumber ? "numbers" : "no numbers"))"
            }
            throw QueryError.failed(
                "a chart needs a first column of labels and a column of numbers beside it; this "
                    + "result has: \(present.joined(separator: ", "))"
            )
        }
        otherColumns = columns.indices.dropFirst().filter { !numbers.contains($0) }
            .map { columns[$0].name }
        series = drawn.map { Series(name: columns[$0].name) }
        var places: [Double?] = []
        while let chunk = try result.nextChunk() {
            let kept = min(chunk.rowCount, limit - labels.count)
            beyond += chunk.rowCount - kept
            for row in 0..<kept {
                let label = chunk.value(column: 0, row: row)
                labels.append(label.isNull ? nil : TableForm.cell(label))
                places.append(label.place)
                for (index, column) in drawn.enumerated() {
                    series[index].values.append(chunk.value(column: column, row: row).number)
                }
            }
        }
        self.places = first.type.isPlace ? places : nil
    }
}

extension ColumnLayout {
    /// Whether values are numbers.
    var isNumber: Bool {
        switch self {
        case .int8, .int16, .int32, .int64, .int128, .uint8, .uint16, .uint32, .uint64, .float,
            .double, .decimal:
            true
        default: false
        }
    }

    /// Whether values are places on an axis: numbers, days or times.
    var isPlace: Bool {
        switch self {
        case .date, .time, .timestamp, .instant: true
        default: isNumber
        }
    }
}

extension SQLValue {
    /// The number; nil for what is none, infinities included.
    fileprivate var number: Double? {
        let number: Double?
        if case .decimal(let unscaled, let scale) = self {
            number = (0..<scale).reduce(Double(unscaled)) { value, _ in value / 10 }
        } else {
            number = double
        }
        return number.flatMap { $0.isFinite ? $0 : nil }
    }

    /// The place on an axis: a number, or seconds of a day or time.
    fileprivate var place: Double? {
        switch self {
        case .date(let days): abs(days) == .max ? nil : Double(days) * 86_400
        case .time(let microseconds): Double(microseconds) / 1_000_000
        case .timestamp(let units, let perSecond):
            abs(units) == .max ? nil : Double(units) / Double(perSecond)
        case .instant(let microseconds):
            abs(microseconds) == .max ? nil : Double(microseconds) / 1_000_000
        default: number
        }
    }
}
