import FoundationEssentials
import Glibc
import Synchronization

/// Results go to standard output, everything else to standard error.
enum Console {
    private static let screen = Mutex<Screen?>(nil)

    /// Writes a line to standard output.
    static func print(_ line: String) { Swift.print(line) }

    /// Writes JSON to standard output, indented.
    static func print(json: Data) { Swift.print(String(decoding: json, as: UTF8.self)) }

    /// Writes a line to standard error, whole even beside other writers.
    static func explain(_ line: String) {
        fflush(nil)
        if let screen = screen.withLock({ $0 }) { return screen.say(line) }
        write(Array((line + "\n").utf8)[...])
    }

    /// Writes bytes of somebody else's log to standard error as they are.
    static func explain(bytes: ArraySlice<UInt8>) { write(bytes) }

    private static func write(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// The columns for text on standard output: those of the terminal, at most 120; elsewhere 100.
    static var width: Int {
        var size = winsize()
        guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0,
            size.ws_col > 0
        else { return 100 }
        return min(120, max(40, Int(size.ws_col)))
    }

    /// Lets a screen write the lines for standard error; nil for nobody any more.
    static func use(_ other: Screen?) { screen.withLock { $0 = other } }
}
