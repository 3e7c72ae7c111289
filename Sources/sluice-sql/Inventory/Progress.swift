import Glibc

/// Says on a terminal what is being done, once that takes longer than a second.
final class Progress {
    private let isShown = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now
    private var last = ContinuousClock.now
    private var isOnScreen = false

    /// Shows a line in place of the last one, at most ten times a second.
    func show(_ line: String) {
        let now = ContinuousClock.now
        guard isShown, now - start > .seconds(1), now - last > .milliseconds(100) else { return }
        last = now
        isOnScreen = true
        write("\r\u{1B}[K\(line)")
    }

    /// Takes the line away.
    func clear() {
        if isOnScreen { write("\r\u{1B}[K") }
        isOnScreen = false
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

extension Array {
    /// The elements in runs of at most `size`, in order.
    func batches(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
