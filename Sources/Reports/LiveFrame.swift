public import Daemon
import Ledger

/// What `sluice up` shows on a terminal below everything else, at one moment.
public struct LiveFrame: Sendable, Equatable {
    /// The lines, none wider or more than the terminal has room for.
    public let lines: [String]

    /// Lays out a moment.
    ///
    /// - Parameters:
    ///   - summary: What the daemon does.
    ///   - rate: Versions finished a second.
    ///   - now: Microseconds since 1970.
    ///   - width: The columns of the terminal.
    ///   - height: The lines that may be used.
    public init(
        _ summary: DaemonSummary,
        rate: Double,
        at now: Int64,
        width: Int,
        height: Int
    ) {
        let all =
            [Self.totals(summary, rate)]
            + [
                Self.running(summary, now), Self.queued(summary), Self.pauses(summary, now),
            ].compactMap(\.self)
        // The last column stays free: a terminal that is full to the edge may begin a new line.
        lines = all.prefix(max(1, height)).map {
            PlainText.cut(PlainText.line($0), to: max(1, width - 1))
        }
    }

    private static func totals(_ summary: DaemonSummary, _ rate: Double) -> String {
        var parts: [String] = []
        let isIdle = summary.running == 0 && summary.pending == 0
        if isIdle && rate == 0 {
            parts.append("idle")
        } else {
            parts.append("\(Amount.decimal(rate, digits: rate < 9.95 ? 1 : 0)) files/s")
        }
        parts.append("\(Amount.grouped(summary.finished)) finished")
        if !isIdle {
            parts.append("\(Amount.grouped(summary.runningRuns.count)) running")
            parts.append("\(Amount.grouped(summary.pending)) queued")
        }
        if summary.deadLetters > 0 {
            parts.append(Amount.count(summary.deadLetters, "dead letter"))
        }
        return parts.joined(separator: "   ")
    }

    private static func running(_ summary: DaemonSummary, _ now: Int64) -> String? {
        guard !summary.runningRuns.isEmpty else { return nil }
        let runs = summary.runningRuns.map { run in
            let name = run.table.isEmpty ? run.function : "\(run.function) \(run.table)"
            let items = run.items > 1 ? " (\(run.items))" : ""
            let seconds = Double(max(0, now - run.since)) / 1_000_000
            let time =
                seconds < 100
                ? "\(Amount.decimal(seconds, digits: 1)) s" : Amount.span(seconds: Int64(seconds))
            return "\(name)\(items) \(time)"
        }
        return "running   " + runs.joined(separator: ", ")
    }

    private static func queued(_ summary: DaemonSummary) -> String? {
        let queues = summary.pendingByFunction.filter { $0.value > 0 }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        guard !queues.isEmpty else { return nil }
        return "queued    "
            + queues.map { "\($0.key) \(Amount.grouped($0.value))" }.joined(separator: ", ")
    }

    private static func pauses(_ summary: DaemonSummary, _ now: Int64) -> String? {
        guard !summary.pauses.isEmpty else { return nil }
        let pauses = summary.pauses.map { pause in
            let name = [pause.function, pause.table].compactMap(\.self).joined(separator: " ")
            let again = pause.retryAt.map { ", again in \(max(0, $0 - now) / 1_000_000) s" }
            return "\(name)\(again ?? ""): \(pause.errorMessage ?? pause.errorType ?? "not now")"
        }
        return "paused    " + pauses.joined(separator: "; ")
    }
}

/// How many things happen a second, over the last seconds.
public struct RateMeter: Sendable {
    private static let span: Int64 = 10_000_000
    private var samples: [(count: Int, at: Int64)] = []

    /// Nothing has happened yet.
    public init() {}

    /// Notes how many have happened in all at a time in microseconds since 1970.
    public mutating func note(_ count: Int, at now: Int64) {
        // The newest sample before the span stays: it is what the span began with.
        while samples.count > 1, samples[1].at <= now - Self.span { samples.removeFirst() }
        if let last = samples.last, now - last.at < 100_000 {
            guard samples.count > 1 else { return }
            samples[samples.count - 1].count = count
        } else {
            samples.append((count, now))
        }
    }

    /// How many a second.
    public func rate(at now: Int64) -> Double {
        let start = now - Self.span
        guard let first = samples.last(where: { $0.at <= start }) ?? samples.first,
            let last = samples.last, last.count > first.count
        else { return 0 }
        let seconds = Double(max(1_000_000, now - max(first.at, start))) / 1_000_000
        return Double(last.count - first.count) / seconds
    }
}
