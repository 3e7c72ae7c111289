public import Ledger

/// A run on one line.
public enum RunLine {
    /// `split people 0dcf8422-..., 2026-11-21 12:58:52 UTC, succeeded, 0.04 s, 3 objects`.
    ///
    /// `isFull` is whether its beginning and its objects are told, too.
    public static func header(_ run: RecordedRun, isFull: Bool = true) -> String {
        var parts = [isFull ? title(run) : name(run), outcome(run)]
        if let duration = run.durationMicroseconds {
            parts.append(Amount.duration(microseconds: duration))
        }
        if isFull, run.items > 1 { parts.append(Amount.count(run.items, "object")) }
        return parts.joined(separator: ", ")
    }

    /// `split people 0dcf8422-..., 2026-11-21 12:58:52 UTC`: a run that may not have ended.
    public static func title(_ run: RecordedRun) -> String {
        name(run) + ", " + Moment(run.startedAt).text
    }

    private static func name(_ run: RecordedRun) -> String {
        [run.function, run.table, run.requestID].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// How a run ended, in words.
    public static func outcome(_ run: RecordedRun) -> String {
        switch run.outcome {
        case nil: "running"
        case .succeeded: "succeeded"
        case .input: "the input is at fault"
        case .notNow: "not now"
        case .error: "failed"
        case .timeout: "timed out"
        case .memory: "used too much memory"
        case .interrupted: "interrupted"
        }
    }

    /// Runs as a list, each with the last line that its handler wrote.
    public static func list(_ runs: [RecordedRun], width: Int?) -> [String] {
        var page = TextPage(width: width ?? .max)
        page.table(
            runs.map { run in
                [
                    String(Moment(run.startedAt).text.dropLast(" UTC".count)), run.function,
                    run.table, outcome(run),
                    run.durationMicroseconds.map { Amount.duration(microseconds: $0) } ?? "",
                    String(run.requestID.prefix(8)), lastLine(run),
                ]
            },
            numbers: [4]
        )
        return page.lines.map { line in width.map { PlainText.cut(line, to: $0) } ?? line }
    }

    /// The last line of a run's log, without the time that stands before it.
    static func lastLine(_ run: RecordedRun) -> String {
        guard let tail = LogText.tail(of: run.logPath, lines: 1) else { return "(no log)" }
        return tail.last.map { $0.replacing(/^\d{4}-\d\d-\d\dT[0-9:.]+Z (info )?/, with: "") } ?? ""
    }
}
