import ArgumentParser
import Buckets
import Glibc

/// `sluice test`: directory-based cases, each dropped into fresh buckets and compared.
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run directory-based cases.",
        discussion: """
            A case is a folder with functions.json, stage-1/ and expect/NAME.sql with NAME.csv; \
            a saved query queries/NAME.sql has its rows in expect/NAME.csv, too. \
            Folders stage-1.2/, stage-1.3/ ... are dropped one after the other, and the keys in \
            stage-1.2.delete deleted, with `sluice up --once` after each.
            """
    )

    @Argument(help: ArgumentHelp("Cases, or folders that hold cases.", valueName: "FOLDER"))
    var folders: [String]

    @Flag(help: "Write what came out as the new expectation.")
    var update = false

    @Flag(help: "Keep each case's buckets and schema and say where they are.")
    var keep = false

    @Option(
        help: ArgumentHelp(
            "Load into this PostgreSQL database, each case into a schema of its own.",
            discussion: "What stands on a command line others can see: write a password as "
                + "'postgres://user:${NAME}@host/database', with the variable NAME set.",
            valueName: "URL"
        )
    )
    var warehouse: String?

    func validate() throws {
        if let warehouse, !CaseWarehouse.isURL(warehouse) {
            throw ValidationError(
                "--warehouse takes the URL of a PostgreSQL database, postgres://..."
            )
        }
    }

    func run() async throws {
        let cases = try folders.flatMap { try CaseFolder.all(in: CommonOptions.absolute($0)) }
        guard !cases.isEmpty else {
            throw CommandFailure.usage(
                "\(folders.joined(separator: ", ")): no folder with a functions.json in it"
            )
        }
        var failed = 0
        let options = CaseRun.Options(update: update, keep: keep, warehouse: warehouse)
        for await report in Self.reports(of: cases, options) {
            Console.print(report.description)
            if !report.problems.isEmpty { failed += 1 }
        }
        Console.print("\(cases.count - failed) passed, \(failed) failed")
        if failed > 0 { throw ExitCode.failure }
    }

    /// Runs the cases, a few at a time, and reports each when it is done.
    private static func reports(
        of cases: [CaseFolder],
        _ options: CaseRun.Options
    ) -> AsyncStream<CaseReport> {
        AsyncStream { continuation in
            let work = Task {
                await withTaskGroup(of: CaseReport.self) { group in
                    var waiting = cases[...]
                    for _ in 0..<atOnce {
                        guard let next = waiting.popFirst() else { break }
                        group.addTask { await CaseRun(next, options).report() }
                    }
                    while let report = await group.next() {
                        continuation.yield(report)
                        guard let next = waiting.popFirst() else { continue }
                        group.addTask { await CaseRun(next, options).report() }
                    }
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in work.cancel() }
        }
    }

    private static var atOnce: Int { max(1, min(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
