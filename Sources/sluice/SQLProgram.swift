import Glibc

/// `sluice-sql`, the program beside this one that opens lake and warehouse.
enum SQLProgram {
    /// Replaces this process by a command of that program; returns only by throwing.
    ///
    /// See execv(3).
    static func become(_ command: String, _ arguments: [String]) throws {
        let program = CommonOptions.programs + "/sluice-sql"
        let pointers = ([program, command] + arguments).map { strdup($0) } + [nil]
        execv(program, pointers)
        let reason = String(cString: strerror(errno))
        for pointer in pointers { free(pointer) }
        throw CommandFailure.failed(
            "cannot start \(program): \(reason); build or install it beside sluice"
        )
    }
}
