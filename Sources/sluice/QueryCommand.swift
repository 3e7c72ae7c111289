import ArgumentParser
import Glibc

/// `sluice query`: becomes `sluice-sql`, which alone opens the tables.
struct QueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Run one read-only SQL statement on lake and warehouse.",
        discussion: """
            Tables are lake.TABLE, or just TABLE, and warehouse.TABLE. \
            `sluice query --help` lists the options.
            """
    )

    @Argument(parsing: .captureForPassthrough)
    var arguments: [String] = []

    func run() throws {
        let program = CommonOptions.programs + "/sluice-sql"
        let command = [program, "query"] + arguments
        let pointers = command.map { strdup($0) } + [nil]
        execv(program, pointers)
        let reason = String(cString: strerror(errno))
        for pointer in pointers { free(pointer) }
        throw CommandFailure.failed(
            "cannot start \(program): \(reason); build or install it beside sluice"
        )
    }
}
