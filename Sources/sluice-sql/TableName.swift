/// A table as a query names it, such as `t`, `lake.t` or `warehouse.main.t`.
struct TableName: Equatable {
    /// The parts between dots, unquoted, in lower case: DuckDB's names ignore case.
    let parts: [String]

    /// Takes a name as SQL writes it: parts may be quoted with `"`, doubled within.
    init(_ text: String) {
        var parts: [String] = [""]
        var isQuoted = false
        var rest = Substring(text)
        while let character = rest.popFirst() {
            switch character {
            case "\"" where isQuoted && rest.first == "\"":
                rest.removeFirst()
                parts[parts.count - 1].append("\"")
            case "\"": isQuoted.toggle()
            case "." where !isQuoted: parts.append("")
            default: parts[parts.count - 1].append(character)
            }
        }
        self.parts = parts.map { $0.lowercased() }
    }

    /// The lake table that is meant, if it is one.
    var lakeTable: String? {
        switch parts.count {
        case 1: parts[0]
        case 2 where parts[0] == "lake": parts[1]
        default: nil
        }
    }

    /// Whether a table of the warehouse is meant.
    var isInWarehouse: Bool { parts.count > 1 && parts[0] == "warehouse" }

    /// Whether the list of tables is meant, and with it all of them.
    var isCatalog: Bool {
        parts.contains("information_schema")
            || parts.last.map { $0.hasPrefix("duckdb_") || $0.hasPrefix("sqlite_") } == true
    }
}
