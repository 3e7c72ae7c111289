import ArgumentParser
import Events

/// `sluice compact`: joins the small data files of lake tables, by a run of `compact` by hand.
struct CompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Join the small data files of lake tables to larger ones.",
        discussion: """
            Rows stay as they are. The files aim at the table's targetFileSize, 128 MiB by \
            default; a partition whose files would not become fewer is left alone. Former files \
            stay for past states of the table. A schedule does the same: give a trigger the \
            function compact.
            """
    )

    @Argument(help: ArgumentHelp("Lake tables; without any, all.", valueName: "TABLE"))
    var tables: [String] = []

    @Flag(help: "Print what the handler answered.")
    var json = false

    @Flag(help: "Print the run's log to standard error while it is written.")
    var log = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.answer(
            of: "compact",
            to: TablesEvent(tables: tables.isEmpty ? nil : tables),
            showsLog: log
        )
        if json {
            Console.print(answer)
            return
        }
        let results = try JSONValue(parsing: answer)["results"]?.array ?? []
        if results.isEmpty { Console.print("there is no lake table") }
        for result in results { Console.print(Self.line(result)) }
    }

    /// One table's result for a person.
    private static func line(_ result: JSONValue) -> String {
        func number(_ name: String) -> String { "\(result[name]?.integer ?? 0)" }
        let table = result["table"]?.string ?? ""
        let reason = result["reason"]?.string.map { ": \($0)" } ?? ""
        guard result["version"]?.integer != nil else {
            return reason.isEmpty
                ? "\(table): no files to join" : "\(table): left as it is\(reason)"
        }
        return "\(table): \(number("removed")) files became \(number("files")), "
            + "\(number("rows")) rows, \(number("bytesBefore")) bytes became "
            + "\(number("bytesAfter")), version \(number("version"))"
            + (reason.isEmpty ? "" : "; not finished\(reason)")
    }
}
