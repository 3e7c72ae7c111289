import Events
import Ledger

/// A status for a person: what matters most first, and nothing of what there is none of.
public struct StatusPage {
    /// The most dead letters that are listed of one kind.
    private static let listed = 10

    /// The lines of the page.
    public var lines: [String] { page.lines }

    private var page: TextPage
    private let report: StatusReport
    private let now: Int64

    /// Lays a status out; `now` in microseconds since 1970, `width` in columns.
    public init(_ report: StatusReport, at now: Int64, width: Int) {
        self.report = report
        self.now = now
        page = TextPage(width: width)
        totals()
        functions()
        runs()
        pauses()
        schedules()
        failures()
        rejected()
        held()
        names()
    }

    // MARK: - At a glance

    private mutating func totals() {
        if let daemon = report.daemon {
            let since = daemon.since.map { since in
                let seconds = (now - since.microseconds) / 1_000_000
                return " since \(since.text) (\(Amount.span(seconds: seconds)))"
            }
            page.line("sluice up runs as process \(daemon.pid)\(since ?? "")")
        } else {
            page.line(
                "sluice up does not run"
                    + (report.isSettled ? "" : "; what is queued runs when it starts")
            )
        }
        var parts = [Amount.count(report.objects, "object")]
        if report.isSettled {
            parts.append("nothing to do")
        } else {
            if report.running > 0 { parts.append("\(Amount.grouped(report.running)) running") }
            if report.queued > 0 { parts.append("\(Amount.grouped(report.queued)) queued") }
            if report.waiting > 0 {
                parts.append("\(Amount.grouped(report.waiting)) waiting for another try")
            }
        }
        if report.deadLetters > 0 { parts.append(Amount.count(report.deadLetters, "dead letter")) }
        if report.rejectedRows > 0 {
            parts.append(Amount.count(report.rejectedRows, "rejected row"))
        }
        page.line(parts.joined(separator: ", "))
        for note in report.notes { page.line("note: \(note)") }
    }

    private mutating func functions() {
        let shown = report.functions.filter { _, function in
            let counts = function.counts
            let all = [
                counts.queued, counts.running, counts.waiting, counts.done, counts.superseded,
                counts.deadLetters,
            ]
            return all.contains { $0 > 0 }
        }.sorted { $0.key < $1.key }
        guard !shown.isEmpty else { return }
        var rows = [
            [
                "function", "running", "queued", "oldest", "waiting", "next try", "done",
                "superseded", "given up",
            ]
        ]
        rows += shown.map { name, function in
            let counts = function.counts
            let oldest = function.oldestQueuedAt.map {
                Amount.span(seconds: (now - $0.microseconds) / 1_000_000)
            }
            let next = function.nextTryAt.map {
                $0.microseconds <= now ? "now" : $0.age(at: now)
            }
            return [
                name + (function.isOff ? " (off)" : "") + (function.isKnown ? "" : " (unknown)"),
                Self.number(counts.running), Self.number(counts.queued), oldest ?? "",
                Self.number(counts.waiting), next ?? "", Self.number(counts.done),
                Self.number(counts.superseded), Self.number(counts.deadLetters),
            ]
        }
        page.gap()
        page.table(rows, numbers: [1, 2, 3, 4, 5, 6, 7, 8])
        if shown.contains(where: { $0.value.isOff && $0.value.counts.queued > 0 }) {
            page.line("off: `concurrency` is 0; raise it and start `sluice up` again")
        }
        let foreign = shown.filter { !$0.value.isKnown && $0.value.counts.queued > 0 }
        if !foreign.isEmpty {
            page.line("unknown: functions.json does not have it; what is queued for it stays")
        }
    }

    private static func number(_ count: Int) -> String {
        count == 0 ? "-" : Amount.grouped(count)
    }

    private mutating func runs() {
        guard !report.runs.isEmpty else { return }
        page.gap()
        page.line("running" + (report.daemon == nil ? ", until they were cut off" : ""))
        page.table(
            report.runs.map { run in
                [
                    run.function, run.table, Amount.count(run.objects, "object"),
                    Amount.duration(microseconds: now - run.startedAt.microseconds), run.requestID,
                ]
            },
            indent: 2
        )
    }

    private mutating func pauses() {
        guard !report.pauses.isEmpty else { return }
        page.gap()
        page.line("paused")
        for pause in report.pauses {
            let name = [pause.function, pause.table].compactMap(\.self).joined(separator: " ")
            let text = pause.text(at: now, isRunning: report.daemon != nil)
            page.line("\(name), since \(pause.since.text): \(text)", indent: 2)
        }
    }

    private mutating func schedules() {
        guard !report.schedules.isEmpty else { return }
        page.gap()
        page.line("schedules")
        for schedule in report.schedules {
            page.line("\(schedule.trigger), \(schedule.schedule): \(schedule.text)", indent: 2)
        }
    }

    // MARK: - What went wrong

    /// Dead letters of one kind together, with what to do about them.
    private mutating func failures() {
        struct Kind: Hashable {
            var type: String
            var functions: [String]
        }
        var kinds: [Kind] = []
        var members: [Kind: [FailureStory]] = [:]
        for failure in report.failures {
            let kind = Kind(type: failure.errorType, functions: failure.functions.sorted())
            if members[kind] == nil { kinds.append(kind) }
            members[kind, default: []].append(failure)
        }
        for kind in kinds {
            let failures = members[kind] ?? []
            page.gap()
            let functions = kind.functions.joined(separator: ", ")
            page.line(
                "\(Amount.count(failures.count, "dead letter")) of \(functions): \(kind.type)"
            )
            for failure in failures.prefix(Self.listed) {
                let message = PlainText.message(failure.errorMessage, about: failure.object)
                page.raw("\(failure.object): \(message)", indent: 2)
            }
            if failures.count > Self.listed {
                page.line("and \(failures.count - Self.listed) more; --json lists all", indent: 2)
            }
            page.labelled("->", [Self.remedy(kind.functions, failures)], indent: 2, width: 3)
        }
    }

    /// What can be done about dead letters of one kind.
    private static func remedy(_ functions: [String], _ failures: [FailureStory]) -> String {
        let redrive = functions.map { "`sluice redrive \($0)`" }.joined(separator: ", ")
        guard let object = failures.first(where: { $0.sequencer != nil })?.object else {
            return "when the cause is gone, \(redrive)"
        }
        return "correct the file and drop it again, or, when the cause lay elsewhere and is gone, "
            + "\(redrive); `sluice explain \(object)` tells all"
    }

    private mutating func rejected() {
        guard !report.rejected.isEmpty else { return }
        page.gap()
        page.line("rejected rows, in buckets/quarantine/TABLE")
        page.table(
            report.rejected.sorted { $0.key < $1.key }.map { name, table in
                let reason = table.reasons.first.map { reason in
                    let column = reason.column.map { "\($0): " } ?? ""
                    let share = reason.rows < table.rows ? "\(Amount.grouped(reason.rows)) x " : ""
                    return share + column + reason.reason
                }
                return [
                    name,
                    "\(Amount.count(table.rows, "row")) of "
                        + Amount.count(table.versions, "file"), reason ?? "",
                ]
            },
            indent: 2
        )
    }

    private mutating func held() {
        for notice in report.watchNotices {
            page.gap()
            page.line("Note: \(notice).")
        }
        guard report.held > 0 else { return }
        page.gap()
        page.line("held back (\(Amount.grouped(report.held)))")
        page.table(report.heldFiles.prefix(20).map { [$0.object, $0.why] }, indent: 2)
        if report.held > 20 {
            page.line("and \(Amount.grouped(report.held - 20)) others", indent: 2)
        }
    }

    private mutating func names() {
        if !report.openFiles.isEmpty {
            page.gap()
            page.line("open for writing, handled once they are closed")
            page.table(
                report.openFiles.map { [$0.object, "process \($0.pid) (\($0.program))"] },
                indent: 2
            )
        }
        guard !report.refusedNames.isEmpty else { return }
        page.gap()
        page.line("refused names; rename them")
        page.table(
            report.refusedNames.sorted { $0.key < $1.key }.map { [$0.key, $0.value] },
            indent: 2
        )
    }
}
