import ArgumentParser
import DuckDB
import Glibc

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

    @Argument(help: "One SELECT statement in DuckDB's SQL.")
    var sql: String

    @OptionGroup var surroundings: SurroundingsOptions

    @Option(help: "table, csv or json; table on a terminal, csv elsewhere.")
    var format: Format?

    func run() throws {
        let session = try QuerySession(
            sql: sql,
            folder: surroundings.bucketsFolder(),
            warehouse: surroundings.warehouse
        )
        let output = StandardOutput()
        switch format ?? (isatty(STDOUT_FILENO) == 1 ? .table : .csv) {
        case .csv: try session.run { try CSVForm.write($0, to: output) }
        case .json: try session.run { try JSONForm.write($0, to: output) }
        case .table: try session.run { try TableForm.write($0, to: output) }
        }
        output.flush()
    }
}
