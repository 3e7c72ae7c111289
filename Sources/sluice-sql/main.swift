import ArgumentParser
import DuckDB
import Glibc

// Exit codes are the command line's: 0 done, 1 failed, 2 wrong usage or configuration.
do {
    var command = try SluiceSQL.parseAsRoot()
    try command.run()
} catch let error as QueryError {
    complain(error.description)
    exit(error.exitCode)
} catch let error as DuckDBError {
    complain(error.message)
    exit(1)
} catch {
    let code = SluiceSQL.exitCode(for: error)
    if code.isSuccess { SluiceSQL.exit(withError: error) }
    complain(SluiceSQL.fullMessage(for: error))
    exit(code == .validationFailure ? 2 : 1)
}

/// Writes a line to standard error.
func complain(_ text: String) {
    let line = Array((text.hasSuffix("\n") ? text : text + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
}
