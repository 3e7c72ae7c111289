import Events
import Testing

@testable import Ledger
@testable import Reports

@Suite("The status")
struct StatusReportTests {
    private static let now: Int64 = 1_800_000_000_000_000

    private static func letter(_ function: String, _ key: String, _ type: String) -> DeadLetter {
        let version = ObjectVersion(
            bucket: "stage-1",
            key: key,
            size: 1,
            eTag: "e",
            sequencer: Sequencer(rawValue: UInt64(key.count))
        )
        return DeadLetter(
            trigger: "t",
            function: function,
            table: "t",
            object: version,
            source: version,
            errorType: type,
            errorMessage: "stage-1/\(key): it is bad",
            attempts: 1,
            endedAt: Self.now,
            requestID: nil
        )
    }

    private func text(_ report: StatusReport) -> String {
        StatusPage(report, at: Self.now, width: 100).lines.joined(separator: "\n")
    }

    @Test("tells a version that several functions gave up once")
    func failures() {
        let failures = StatusReport.failures([
            Self.letter("convert", "a", "NoGoodRow"), Self.letter("split", "bb", "NotUTF8"),
            Self.letter("load", "a", "NoGoodRow"),
        ])
        #expect(failures.map(\.object) == ["stage-1/a", "stage-1/bb"])
        #expect(failures.map(\.functions) == [["convert", "load"], ["split"]])
    }

    @Test("tells dead letters of one kind together, not more than a few, with the remedy")
    func groups() {
        var report = StatusReport()
        report.failures = StatusReport.failures(
            (1...12).map { Self.letter("split", String(repeating: "a", count: $0), "NotUTF8") }
        )
        report.deadLetters = 12
        let text = text(report)
        #expect(text.contains("12 dead letters of split: NotUTF8\n  stage-1/a: it is bad\n"))
        #expect(text.contains("  and 2 more; --json lists all"))
        #expect(text.contains("`sluice redrive split`"))
    }

    @Test("tells since when what waits, and for what")
    func queues() {
        var report = StatusReport()
        report.daemon = DaemonStory(pid: 4711, since: Moment(Self.now - 120_000_000))
        report.queued = 3
        report.waiting = 1
        var load = FunctionStatus()
        load.counts.queued = 3
        load.counts.waiting = 1
        load.oldestQueuedAt = Moment(Self.now - 65_000_000)
        load.nextTryAt = Moment(Self.now + 41_000_000)
        report.functions = ["load": load, "split": FunctionStatus()]
        report.pauses = [
            PauseStory(
                RecordedPause(
                    function: "load",
                    table: nil,
                    since: Self.now,
                    retryAt: Self.now + 3_000_000,
                    errorType: "WarehouseBusy",
                    errorMessage: "in use"
                )
            )
        ]
        let text = text(report)
        #expect(
            text.contains("sluice up runs as process 4711 since 2027-01-15 07:58:00 UTC (2 min)")
        )
        #expect(text.contains("0 objects, 3 queued, 1 waiting for another try"))
        #expect(text.contains("load            -       3    65 s        1   in 41 s     -"))
        #expect(!text.contains("split"))
        #expect(text.contains("WarehouseBusy: in use; it is tried again in 3 s"))
    }
}
