import DeltaTable
import DuckDB
import Events
import LakeQuery

/// What a query would read: of each lake table its files, and DuckDB's plan in short.
struct Explanation {
    /// What is read of one lake table.
    private struct Part {
        let name: String
        let version: Int64
        let files: Int
        let filesRead: Int
        let bytes: Int64
        let bytesRead: Int64
        let columns: [String]
        /// The conditions of each scan.
        let filters: [[String]]
    }

    private let parts: [Part]
    private let plan: JSONValue

    /// Plans the session's query without running it.
    init(_ session: borrowing QuerySession) throws {
        let first = StatementRules.firstWord(of: session.request.sql)
        guard first != "explain" else {
            throw QueryError.misused("--explain explains a query; leave EXPLAIN out")
        }
        do {
            let run = try StatementRun(session.request, on: session.connection)
            plan = try JSONValue(parsing: try run.explanation(on: session.connection))
        } catch let error as DuckDBError {
            throw session.described(error)
        } catch let error as JSONSyntaxError {
            throw QueryError.failed("DuckDB's plan cannot be read: \(error)")
        }
        let scans = session.plan?.scans
        parts = session.lake.tables.compactMap { table in
            let own = scans?.filter { $0.table == table.name } ?? []
            guard scans == nil || !own.isEmpty else { return nil }
            let read = session.files[table.name] ?? table.snapshot.files
            let names = Set(own.flatMap(\.columns))
            return Part(
                name: table.name,
                version: table.snapshot.version,
                files: table.snapshot.files.count,
                filesRead: read.count,
                bytes: table.size,
                bytesRead: read.reduce(0) { $0 + $1.size },
                columns: table.snapshot.schema.fields.map(\.name)
                    .filter { names.contains($0) || scans == nil },
                filters: own.map(\.filters)
            )
        }
    }

    /// The explanation for people, or as one JSON object.
    func text(asJSON: Bool) throws -> String {
        guard asJSON else { return (parts.map(Self.text) + [Self.text(of: plan)]).joined() }
        let tables = parts.map { part -> JSONValue in
            [
                "table": .string(part.name), "version": .integer(part.version),
                "files": .integer(Int64(part.files)), "filesRead": .integer(Int64(part.filesRead)),
                "bytes": .integer(part.bytes), "bytesRead": .integer(part.bytesRead),
                "columns": .array(part.columns.map(JSONValue.string)),
                "scans": .array(part.filters.map { .array($0.map(JSONValue.string)) }),
            ]
        }
        let object: JSONValue = ["tables": .array(tables), "plan": plan]
        return String(decoding: try JSONText.encode(object), as: UTF8.self) + "\n"
    }

    private static func text(of part: Part) -> String {
        var text =
            "lake.\(part.name), version \(part.version): reads \(Figures.count(part.filesRead)) of "
            + "\(Figures.count(part.files)) files, \(Figures.bytes(part.bytesRead)) of "
            + "\(Figures.bytes(part.bytes))\n"
        if !part.columns.isEmpty {
            text += "  columns: \(part.columns.joined(separator: ", "))\n"
        }
        for filters in part.filters where !filters.isEmpty {
            text += "  filters: \(filters.joined(separator: " AND "))\n"
        }
        return text
    }

    /// DuckDB's operators, one a line, each below the one that asks it for rows.
    private static func text(of plan: JSONValue) -> String {
        var lines = ["plan"]
        func add(_ node: JSONValue, depth: Int) {
            let name = (node["name"]?.string ?? "").trimmed
            let isExecution = name == "EXECUTE"
            if !isExecution {
                let indent = String(repeating: "  ", count: depth)
                lines.append(
                    ([indent + name] + details(node["extra_info"])).joined(separator: "  ")
                )
            }
            for child in node["children"]?.array ?? [] {
                add(child, depth: isExecution ? depth : depth + 1)
            }
        }
        for node in plan.array ?? [] { add(node, depth: 1) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let longest = 100

    private static func details(_ info: JSONValue?) -> [String] {
        var shown: [String] = []
        var rows: [String] = []
        for member in info?.members ?? [] {
            let texts = member.value.array?.compactMap(\.string) ?? [member.value.string ?? ""]
            let text = texts.filter { !$0.isEmpty }.joined(separator: ", ")
                .replacing("\n", with: " ")
            switch member.name {
            case "Estimated Cardinality":
                rows = Int(text).map { ["(~\(Figures.rows($0)))"] } ?? []
            case "Function", "Type": break
            case "Scanning Files", "Total Files Read", "File Filters":
                shown.append("\(member.name.lowercased()): \(text)")
            default: if !text.isEmpty { shown.append(text) }
            }
        }
        let text = shown.joined(separator: "; ")
        guard !text.isEmpty else { return rows }
        return [text.count > longest ? text.prefix(longest - 3) + "..." : text] + rows
    }
}

/// Counts and sizes for people.
enum Figures {
    /// `1,234,567`.
    static func count(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + text
    }

    /// `1 row`, `2,000 rows`.
    static func rows(_ number: Int) -> String {
        number == 1 ? "1 row" : "\(count(number)) rows"
    }

    /// `12.3 MB`: powers of 1,000, as disks count.
    static func bytes(_ number: Int64) -> String {
        var value = Double(number)
        for unit in ["bytes", "kB", "MB", "GB"] {
            if value < 999.95 || unit == "GB" {
                return unit == "bytes" ? "\(number) bytes" : "\(oneDecimal(value)) \(unit)"
            }
            value /= 1_000
        }
        return "\(number) bytes"
    }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(count(tenths / 10)).\(tenths % 10)"
    }
}
