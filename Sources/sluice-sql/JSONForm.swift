import DuckDB

/// Rows as one JSON array of objects, an object a line.
enum JSONForm {
    static func write(_ result: borrowing QueryResult, to output: StandardOutput) throws {
        let names = distinct(result.columns.map(\.name)).map { ValueText.quoted($0) + ":" }
        var separator = "["
        while let chunk = try result.nextChunk() {
            for row in 0..<chunk.rowCount {
                var object = separator + "{"
                for (column, name) in names.enumerated() {
                    if column > 0 { object += "," }
                    object += name + ValueText.json(chunk.value(column: column, row: row))
                }
                output.write(object + "}")
                separator = ",\n"
            }
        }
        output.write(separator == "[" ? "[]\n" : "]\n")
    }

    /// Repeated names get a number, as columns of tables do.
    private static func distinct(_ names: [String]) -> [String] {
        var taken: Set<String> = []
        return names.map { name in
            var candidate = name
            var number = 2
            while !taken.insert(candidate).inserted {
                candidate = "\(name)_\(number)"
                number += 1
            }
            return candidate
        }
    }
}
