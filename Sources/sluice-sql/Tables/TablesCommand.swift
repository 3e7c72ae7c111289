import ArgumentParser
import Buckets
import DeltaTable
import DuckDB
import Events
import FoundationEssentials
import FunctionConfig
import Glibc

/// `sluice-sql tables [TABLE]`: what tables there are, or all that is known of one.
struct TablesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tables",
        abstract: "Lists tables, or describes one: columns, rows, files, versions, loads."
    )

    @Argument(help: "A table; without it all are listed.")
    var table: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var options: SurroundingsOptions

    func run() throws {
        let folder = try options.bucketsFolder()
        let config = try options.settings(of: folder)
        let database = try Database(settings: [
            "temp_directory": folder.scratchFolder + "/tables-\(getpid())"
        ])
        let reader = try TableReading(folder: folder, config: config, database: database)
        let output = StandardOutput()
        defer { output.flush() }
        if let table {
            let description = try reader.description(of: try known(table, reader.names))
            try print(description, description.text, to: output)
        } else {
            let summaries = try reader.names.map { try reader.summary(of: $0) }
            try print(summaries, TableSummary.text(of: summaries), to: output)
        }
        for problem in reader.problems { complain(problem) }
        if !reader.problems.isEmpty {
            output.flush()
            throw ExitCode.failure
        }
    }

    /// The table of that name; `lake.` or `warehouse.` may stand before it.
    private func known(_ given: String, _ names: [String]) throws -> String {
        let bare = ["lake.", "warehouse."].first(where: given.hasPrefix)
            .map { String(given.dropFirst($0.count)) }
        if let found = names.first(where: { $0 == given || $0 == bare }) { return found }
        throw QueryError.misused(
            "there is no table \(given); "
                + (names.isEmpty
                    ? "there is none yet: drop a file into stage-1/TABLE/ and start `sluice up`"
                    : "there are: \(names.joined(separator: ", "))")
        )
    }

    private func print(
        _ value: some Encodable,
        _ text: String,
        to output: StandardOutput
    ) throws {
        guard json else {
            output.write(text)
            return
        }
        output.write(String(decoding: try JSONText.encodePretty(value), as: UTF8.self) + "\n")
    }
}
