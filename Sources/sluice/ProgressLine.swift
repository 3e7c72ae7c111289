import Glibc

/// One line on a terminal that tells what goes on, once that takes longer than a second.
final class ProgressLine: Sendable {
    private let start = ContinuousClock.now
    private let isTerminal = isatty(STDERR_FILENO) == 1

    /// Puts a line in place of the one before.
    func show(_ line: String) {
        if ContinuousClock.now - start > .seconds(1) { put(line) }
    }

    /// Takes the line away.
    func clear() { put("") }

    private func put(_ line: String) {
        guard isTerminal else { return }
        Console.explain(bytes: Array("\r\u{1B}[K\(line)".utf8)[...])
    }
}
