import ArgumentParser
import Daemon
import Events
import FoundationEssentials
import FunctionConfig

/// `sluice vacuum`: removes data files that are no longer needed, by a run of `vacuum` by hand.
struct VacuumCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vacuum",
        abstract: "Remove data files of lake tables that are no longer needed.",
        discussion: """
            Every state that a table had within the retention stays readable, 7 days by default \
            (retentionHours of the table). States before it can then no longer be asked for with \
            --as-of. A schedule does the same: give a trigger the function vacuum.
            """
    )

    @Argument(help: ArgumentHelp("Lake tables; without any, all.", valueName: "TABLE"))
    var tables: [String] = []

    @Option(help: ArgumentHelp("Another retention, from 0.", valueName: "HOURS"))
    var retentionHours: Int?

    @Flag(help: "Only tell how much would be removed.")
    var dryRun = false

    @Flag(help: "Print what the handler answered.")
    var json = false

    @Flag(help: "Print the run's log to standard error while it is written.")
    var log = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let retentionHours, !(0...1_000_000).contains(retentionHours) {
            throw ValidationError("--retention-hours takes a whole number from 0 to 1000000")
        }
    }

    func run() async throws {
        let answer = try await common.answer(
            of: "vacuum",
            to: TablesEvent(
                tables: tables.isEmpty ? nil : tables,
                retentionHours: retentionHours,
                dryRun: dryRun
            ),
            showsLog: log
        )
        if json {
            Console.print(answer)
            return
        }
        let results = try JSONValue(parsing: answer)["results"]?.array ?? []
        if results.isEmpty { Console.print("there is no lake table") }
        for result in results { Console.print(line(result)) }
    }

    /// One table's result for a person.
    private func line(_ result: JSONValue) -> String {
        let table = result["table"]?.string ?? ""
        if let reason = result["reason"]?.string { return "\(table): left as it is: \(reason)" }
        let removed = result["removed"]?.integer ?? 0
        guard removed > 0 else { return "\(table): no files to remove" }
        return "\(table): \(removed) files\(dryRun ? " would be" : "") removed, "
            + "\(result["bytes"]?.integer ?? 0) bytes; \(result["kept"]?.integer ?? 0) stay"
    }
}

extension CommonOptions {
    /// What a run by hand of one of Sluice's handlers for tables answers.
    func answer(
        of handler: String,
        to event: TablesEvent,
        showsLog: Bool
    ) async throws -> String {
        let config = try loadConfig()
        let buckets = try existingBuckets()
        guard let function = config.functions.first(where: { $0.handler == handler }) else {
            throw CommandFailure.usage(
                "no function has the handler \(handler); add \"\(handler)\": {} to functions in "
                    + "functions.json"
            )
        }
        let request = InvokeRequest(
            function: function.name,
            event: String(decoding: try JSONText.encode(event), as: UTF8.self)
        )
        let run = RunByHand(config: config, buckets: buckets, showsLog: showsLog)
        return try await run.answer(to: request)
    }
}
