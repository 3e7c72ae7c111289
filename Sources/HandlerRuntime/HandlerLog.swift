import Events
import FoundationEssentials
import Glibc

/// Lines on standard error, which the daemon keeps as the run's log.
public enum HandlerLog {
    /// Writes `TIME info MESSAGE key=value ...`.
    ///
    /// The message is constant and in lower case, the facts stand in `facts`; a value with spaces
    /// stands in quotes.
    public static func info(_ message: String, _ facts: KeyValuePairs<String, String> = [:]) {
        write("info", message, facts.map { ($0.key, $0.value) })
    }

    /// Something is worse than it should be, and the work goes on.
    public static func warning(_ message: String, _ facts: KeyValuePairs<String, String> = [:]) {
        write("warning", message, facts.map { ($0.key, $0.value) })
    }

    /// What a run came to: a line for each object that failed, then one for all together.
    static func conclude(_ result: HandlerResult, after duration: Duration) {
        for failure in result.batchItemFailures {
            let facts = [
                ("sequencer", failure.itemIdentifier), ("error", failure.errorType),
                ("message", failure.errorMessage),
            ]
            write("warning", "object failed", facts)
        }
        write("info", "done", RunFacts(result, after: duration).facts)
    }

    static func line(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// A value as it is, or in quotes where it would not be one word on one line.
    private static func quoted(_ value: String) -> String {
        let isWord =
            !value.isEmpty
            && value.unicodeScalars.allSatisfy {
                $0 != " " && $0 != "\"" && $0.properties.generalCategory != .control
            }
        guard !isWord, let json = try? JSONText.encode(value) else { return value }
        return String(decoding: json, as: UTF8.self)
    }

    private static func write(
        _ level: String,
        _ message: String,
        _ facts: [(name: String, value: String)]
    ) {
        let tail = facts.map { " \($0.name)=\(quoted($0.value))" }.joined()
        line(
            "\(UTCTime.iso8601(microseconds: UTCTime.nowMicroseconds())) \(level) \(message)\(tail)"
        )
    }
}
