import Events
import Glibc

/// Lines on standard error, which the daemon keeps as the run's log.
public enum HandlerLog {
    /// Writes `TIME info MESSAGE key=value ...`.
    ///
    /// The message is constant and in lower case, the facts stand in `facts`.
    public static func info(_ message: String, _ facts: KeyValuePairs<String, String> = [:]) {
        write("info", message, facts)
    }

    /// Something is worse than it should be, and the work goes on.
    public static func warning(_ message: String, _ facts: KeyValuePairs<String, String> = [:]) {
        write("warning", message, facts)
    }

    static func line(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private static func write(
        _ level: String,
        _ message: String,
        _ facts: KeyValuePairs<String, String>
    ) {
        let tail = facts.map { " \($0.key)=\($0.value)" }.joined()
        line(
            "\(UTCTime.iso8601(microseconds: UTCTime.nowMicroseconds())) \(level) \(message)\(tail)"
        )
    }
}
