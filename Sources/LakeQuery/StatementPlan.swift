import DeltaTable
public import DuckDB
import Events
import LakeFiles

/// What a statement reads of lake tables, found before any of their files is opened.
///
/// DuckDB plans the statement over empty tables with the columns of the lake tables, and the plan
/// tells which rows of each scan matter. What DuckDB concludes from the content of tables is
/// turned off meanwhile: these tables have none.
public struct StatementPlan: Sendable {
    /// The scans of lake tables, a table that is read twice twice.
    public let scans: [LakeScan]

    /// Plans a statement; nil when DuckDB plans no such statement or fails to: it will say why when
    /// it runs it.
    ///
    /// - Parameters:
    ///   - sql: One `SELECT` statement.
    ///   - values: What its parameters stand for, by name in lower case, as SQL expressions.
    ///   - tables: The lake tables that it may name; none of them may exist in the schema `lake`.
    ///   - connection: Has a schema `lake`, in which the tables exist during the call.
    public init?(
        of sql: String,
        values: [String: String] = [:],
        over tables: [LakeTable],
        on connection: borrowing Connection
    ) {
        guard
            let text = try? Self.plan(of: sql, values, over: tables, on: connection),
            let scans = LakeScan.all(in: text)
        else { return nil }
        self.scans = scans
    }

    /// Rules that look at rows or their statistics, or that hide a scan's conditions.
    private static let contentRules = [
        "statistics_propagation", "compressed_materialization", "join_filter_pushdown",
        "late_materialization",
    ]

    private static func plan(
        of sql: String,
        _ values: [String: String],
        over tables: [LakeTable],
        on connection: borrowing Connection
    ) throws -> String? {
        defer {
            for table in tables {
                _ = try? connection.execute("DROP TABLE IF EXISTS \(name(of: table))")
            }
            _ = try? connection.execute("RESET disabled_optimizers")
        }
        for table in tables {
            let columns = table.snapshot.schema.fields
                .map { "\(SQL.identifier($0.name)) \($0.type.duckDBName)" }
            try connection.execute(
                "CREATE TABLE \(name(of: table)) (\(columns.joined(separator: ", ")))"
            )
        }
        try connection.execute(
            "SET disabled_optimizers = \(SQL.literal(contentRules.joined(separator: ",")))"
        )
        let statement = values.isEmpty ? sql : try filledIn(sql, values, on: connection)
        return try connection.scalar(
            "SELECT json_serialize_plan(\(SQL.literal(statement))::VARCHAR, skip_null := true, "
                + "skip_default := true, optimize := true)"
        )?.string
    }

    private static func name(of table: LakeTable) -> String {
        "lake.\(SQL.identifier(table.name))"
    }

    /// The statement with values in the places of its parameters, for planning alone.
    ///
    /// They are exchanged in the parsed statement: in a text or a comment `$x` is no parameter.
    private static func filledIn(
        _ sql: String,
        _ values: [String: String],
        on connection: borrowing Connection
    ) throws -> String {
        var nodes: [String: JSONValue] = [:]
        for (name, value) in values {
            let tree = try tree(of: "SELECT \(value)", on: connection)
            nodes[name] = tree["statements"]?.array?.first?["node"]?["select_list"]?.array?.first
        }
        let filled = replaced(try tree(of: sql, on: connection), by: nodes)
        let text = String(decoding: try JSONText.encode(filled), as: UTF8.self)
        return try connection.scalar("SELECT json_deserialize_sql(\(SQL.literal(text)))")?.string
            ?? sql
    }

    private static func tree(
        of sql: String,
        on connection: borrowing Connection
    ) throws
        -> JSONValue
    {
        let text = try connection.scalar(
            "SELECT json_serialize_sql(\(SQL.literal(sql))::VARCHAR, skip_null := true, "
                + "skip_default := true)"
        )
        return try JSONValue(parsing: text?.string ?? "")
    }

    private static func replaced(_ value: JSONValue, by nodes: [String: JSONValue]) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map { replaced($0, by: nodes) })
        case .object(let members):
            if value["class"]?.string == "PARAMETER", let name = value["identifier"]?.string,
                let node = nodes[name.lowercased()]
            {
                return node
            }
            return .object(
                members.map { .init(name: $0.name, value: replaced($0.value, by: nodes)) }
            )
        default: return value
        }
    }
}
