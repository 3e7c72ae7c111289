/// A line of the list of tables.
struct TableSummary: Encodable {
    /// The table.
    var table: String
    /// How its versions combine; nil for a table that comes from the lake.
    var mode: String?
    /// The tables that it is made of, if a query makes it.
    var derivedFrom: [String]?
    /// What the lake holds; nil where there is no such table in it.
    var lake: LakeFigures?
    /// What the warehouse holds; nil where there is no such table in it.
    var warehouse: WarehouseFigures?
    /// When either last changed, ISO 8601 in UTC; nil where nothing tells.
    var lastChange: String?

    /// A table's state in the lake.
    struct LakeFigures: Encodable {
        /// Rows, by the log.
        var rows: Int64
        /// Data files.
        var files: Int
        /// Bytes of these.
        var bytes: Int64
        /// The newest version, counted from 0.
        var version: Int64
    }

    /// A table's state in the warehouse.
    struct WarehouseFigures: Encodable {
        /// Rows.
        var rows: Int64
    }

    /// The list for a person.
    static func text(of tables: [TableSummary]) -> String {
        guard !tables.isEmpty else {
            return "no tables yet: drop a file into stage-1/TABLE/ and start `sluice up`\n"
        }
        var text = AlignedText(
            header: [
                "table", "mode", "lake rows", "files", "size", "version", "warehouse rows",
                "last change",
            ],
            numbers: [2, 3, 4, 5, 6]
        )
        for table in tables {
            text.add([
                table.table, table.mode ?? (table.derivedFrom == nil ? "-" : "derived"),
                Figure.count(table.lake?.rows),
                Figure.count(table.lake.map { Int64($0.files) }), Figure.bytes(table.lake?.bytes),
                table.lake.map { "\($0.version)" } ?? "-", Figure.count(table.warehouse?.rows),
                table.lastChange ?? "-",
            ])
        }
        return text.description
    }
}

/// Numbers for a person.
enum Figure {
    /// `12,345`, or `-` for nil.
    static func count(_ value: Int64?) -> String {
        guard let value else { return "-" }
        var digits = Array(String(value.magnitude))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return (value < 0 ? "-" : "") + String(digits)
    }

    /// `1 row`, `12,345 rows`.
    static func count(_ value: Int64, _ noun: String) -> String {
        "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// `1.5 MiB`, or `-` for nil.
    static func bytes(_ value: Int64?) -> String {
        guard let value else { return "-" }
        guard value >= 1024 else { return "\(value) B" }
        var amount = Double(value)
        var unit = "B"
        for next in ["KiB", "MiB", "GiB", "TiB"] where amount >= 1024 {
            amount /= 1024
            unit = next
        }
        let tenths = Int64((amount * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}
