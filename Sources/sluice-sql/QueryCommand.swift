import ArgumentParser
import Buckets
import DuckDB
import Glibc
import LakeQuery

/// `sluice-sql query "SQL"`: runs one read-only statement and prints its rows.
struct QueryCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case csv
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Runs one read-only statement over lake.<table> and warehouse.<table>."
    )

    @Argument(help: "One SELECT statement in DuckDB's SQL, or @NAME for queries/NAME.sql.")
    var sql: String?

    @Argument(help: "Values of the parameters of a saved query, in the order of its header.")
    var values: [String] = []

    @Flag(help: "List the saved queries; so does @ alone.")
    var list = false

    @Option(
        help: ArgumentHelp("The value of a parameter $NAME.", valueName: "NAME=VALUE")
    )
    var set: [String] = []

    @Option(
        help: ArgumentHelp(
            "Read lake tables as they were: a version of the one table that is read, a day (its "
                + "end) or a time such as 2026-01-31T12:30:00Z.",
            valueName: "VERSION|TIME"
        )
    )
    var asOf: String?

    @Flag(help: "Show which files it would read, and how, instead of running it.")
    var explain = false

    @Option(help: "Draw the rows: first column labels or x, numbers in the others.")
    var chart: Chart.Kind?

    @OptionGroup var surroundings: SurroundingsOptions

    @Option(help: "table, csv or json; table on a terminal, csv elsewhere.")
    var format: Format?

    func run() throws {
        let output = StandardOutput()
        defer { output.flush() }
        if list || sql?.trimmed == "@" {
            output.write(try savedQueries.list())
            return
        }
        let request = try request()
        let session = try QuerySession(
            request,
            folder: surroundings.bucketsFolder(),
            warehouse: surroundings.warehouse
        )
        if explain {
            output.write(try Explanation(session).text(asJSON: format == .json))
            return
        }
        let hasRows = try write(session, to: output)
        if !hasRows && session.request.isPlacesLike {
            do {
                try PlacesLike.requirePlace(of: session.request, on: session.connection)
            } catch {
                output.discard()
                throw error
            }
        }
        output.flush()
        session.endProgram()
    }

    /// Writes the rows; returns whether there were any.
    private func write(
        _ session: borrowing QuerySession,
        to output: StandardOutput
    ) throws -> Bool {
        if let chart {
            let columns = session.request.chartColumns
            let drawing = Chart(kind: chart, width: Terminal.width, columns: columns)
            return try session.run { output.write(try drawing.drawn($0)) }
        }
        return switch format ?? (isatty(STDOUT_FILENO) == 1 ? .table : .csv) {
        case .csv: try session.run { try CSVForm.write($0, to: output) }
        case .json: try session.run { try JSONForm.write($0, to: output) }
        case .table: try session.run { try TableForm.write($0, to: output) }
        }
    }

    private func request() throws -> QueryRequest {
        guard let sql = sql.map({ String($0.trimmed) }) else {
            throw QueryError.misused("give a statement, or @NAME of a saved query, or --list")
        }
        guard chart == nil || (!explain && format == nil) else {
            throw QueryError.misused("--chart draws; leave --explain and --format out")
        }
        var request = QueryRequest(sql: sql, isExplained: explain)
        if sql.hasPrefix("@") {
            let saved = try savedQueries.query(named: String(sql.dropFirst()))
            request.sql = saved.sql
            request.parameters.declared = saved.declarations
            request.parameters.given = try saved.named(values)
            request.chartColumns = saved.chartColumns
            request.isPlacesLike = saved.sql == PlacesLike.sql
        } else if let value = values.first {
            throw QueryError.misused(
                "`\(value)` is too much: a statement is one argument, in quotes; its parameters take "
                    + "--set NAME=VALUE"
            )
        }
        for value in set {
            let sides = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, sides[0].isParameterName else {
                throw QueryError.misused("`--set \(value)` sets nothing; write --set zip=10001")
            }
            let name = sides[0].lowercased()
            guard !values.indices.contains(request.parameters.place(of: name)) else {
                throw QueryError.misused(
                    "\(name) has a value already: `\(values[request.parameters.place(of: name)])`"
                )
            }
            request.parameters.given[name] = String(sides[1])
        }
        do {
            request.asOf = try asOf.map { text throws(LakeQueryError) in try AsOf(text) }
        } catch { throw QueryError.misused("--as-of: \(error)") }
        return request
    }

    private var savedQueries: SavedQueries {
        // Queries may be listed before there are buckets.
        let results = try? surroundings.bucketsFolder().lakeTable(PlacesLike.table)
        return SavedQueries(
            beside: surroundings.settingsFolder,
            hasResults: results.map { access($0, F_OK) == 0 } ?? false
        )
    }
}
