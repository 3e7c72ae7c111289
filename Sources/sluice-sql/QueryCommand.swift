import ArgumentParser
import Buckets
import DuckDB
import FoundationEssentials
import FunctionConfig
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

    @Option(help: "The settings.")
    var config: String?

    @Option(help: "The buckets folder.")
    var buckets: String?

    @Option(help: "table, csv or json; table on a terminal, csv elsewhere.")
    var format: Format?

    func run() throws {
        let session = try QuerySession(sql: sql, folder: bucketsFolder(), warehouse: warehouse)
        let output = StandardOutput()
        switch format ?? (isatty(STDOUT_FILENO) == 1 ? .table : .csv) {
        case .csv: try session.run { try CSVForm.write($0, to: output) }
        case .json: try session.run { try JSONForm.write($0, to: output) }
        case .table: try session.run { try TableForm.write($0, to: output) }
        }
        output.flush()
    }

    private func bucketsFolder() throws -> BucketsFolder {
        let variables = ProcessInfo.processInfo.environment
        let given = buckets ?? variables["SLUICE_BUCKETS"] ?? "buckets"
        guard let path = FilePath.canonical(given) else {
            throw QueryError.misused(
                "there is no buckets folder at \(given); name one with --buckets"
            )
        }
        return BucketsFolder(path: path)
    }

    /// Settings are read only if the warehouse is asked for: a mistake in them does not keep
    /// anybody from the lake.
    private func warehouse(of folder: BucketsFolder) throws -> Warehouse {
        let variables = ProcessInfo.processInfo.environment
        let surroundings = FunctionConfig.Surroundings(
            bucketsFolder: folder.path,
            environment: variables
        )
        let given = config ?? variables["SLUICE_CONFIG"]
        do {
            guard let path = FilePath.canonical(given ?? "functions.json") else {
                if let given {
                    throw QueryError.misused("there is no file \(given); name one with --config")
                }
                return try FunctionConfig.standard(path: "/", surroundings: surroundings).warehouse
            }
            return try FunctionConfig(path: path, surroundings: surroundings).warehouse
        } catch let error as FunctionConfigError {
            throw QueryError.misused(error.description)
        }
    }
}
