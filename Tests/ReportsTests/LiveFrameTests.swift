import Daemon
import Ledger
import Reports
import Testing

@Suite("The live view")
struct LiveFrameTests {
    private static let now: Int64 = 100_000_000

    private var busy: DaemonSummary {
        var summary = DaemonSummary()
        summary.finished = 1204
        summary.deadLetters = 2
        summary.running = 2
        summary.runningRuns = [
            .init(function: "convert", table: "people", items: 100, since: Self.now - 2_100_000),
            .init(function: "split", table: "", items: 1, since: Self.now),
        ]
        summary.pending = 252
        summary.pendingByFunction = ["load": 40, "split": 212, "crawl": 0]
        summary.pauses = [
            RecordedPause(
                function: "load",
                table: nil,
                since: 0,
                retryAt: Self.now + 3_000_000,
                errorType: "WarehouseBusy",
                errorMessage: "in use by process 4711 (query)"
            )
        ]
        return summary
    }

    private func lines(
        _ summary: DaemonSummary,
        rate: Double = 83.4,
        width: Int = 200,
        height: Int = 20
    ) -> [String] {
        LiveFrame(summary, rate: rate, at: Self.now, width: width, height: height).lines
    }

    @Test("shows rate, totals, runs, queues and pauses")
    func content() {
        #expect(
            lines(busy) == [
                "83 files/s   1,204 finished   2 running   252 queued   2 dead letters",
                "running   convert people (100) 2.1 s, split 0.0 s", "queued    split 212, load 40",
                "paused    load, again in 3 s: in use by process 4711 (query)",
            ]
        )
    }

    @Test("shows one line while nothing is to be done")
    func idle() {
        var summary = DaemonSummary()
        summary.finished = 1
        #expect(lines(summary, rate: 0) == ["idle   1 finished"])
    }

    @Test("never fills the last column nor more lines than there are", arguments: 1...90)
    func narrow(width: Int) {
        var summary = busy
        summary.runningRuns[0].table = "\u{8CC7}\u{6599}\u{8CC7}\u{6599}e\u{301}"
        for height in 1...4 {
            let lines = lines(summary, width: width, height: height)
            #expect(lines.count == height)
            for line in lines { #expect(PlainText.width(of: line) <= max(1, width - 1)) }
        }
    }

    @Test("measures a rate over the last seconds, which falls to nothing")
    func rate() {
        var meter = RateMeter()
        meter.note(0, at: 0)
        #expect(meter.rate(at: 0) == 0)
        for second in 1...20 { meter.note(second * 50, at: Int64(second) * 1_000_000) }
        #expect(meter.rate(at: 20_000_000) == 50)
        #expect(meter.rate(at: 25_000_000) == 25)
        #expect(meter.rate(at: 31_000_000) == 0)
    }

    @Test("counts many changes within a moment as one")
    func burst() {
        var meter = RateMeter()
        meter.note(0, at: 0)
        for count in 1...1000 { meter.note(count, at: 1_000_000 + Int64(count)) }
        #expect(meter.rate(at: 2_000_000) == 500)
    }
}

@Suite("Text and numbers")
struct PlainTextTests {
    @Test("numbers read easily")
    func amounts() {
        #expect(Amount.grouped(1_234_567) == "1,234,567")
        #expect(Amount.grouped(-1000) == "-1,000")
        #expect(Amount.grouped(999) == "999")
        #expect(Amount.bytes(4213) == "4,213 bytes")
        #expect(Amount.bytes(1) == "1 byte")
        #expect(Amount.bytes(999_960) == "1.0 MB")
        #expect(Amount.bytes(12_340) == "12.3 kB")
        #expect(Amount.duration(microseconds: 412_000) == "0.41 s")
        #expect(Amount.duration(microseconds: 9_996_000) == "10.0 s")
        #expect(Amount.duration(microseconds: 125_000_000) == "2 min 5 s")
        #expect(Amount.span(seconds: 7200) == "2 h")
        #expect(Amount.span(seconds: 200_000) == "2 days")
        #expect(Amount.decimal(-0.04, digits: 1) == "0.0")
    }

    @Test("text is cut and wrapped by the columns it takes")
    func columns() {
        #expect(PlainText.width(of: "a\u{301}\u{8CC7}") == 3)
        #expect(PlainText.cut("abcdef", to: 6) == "abcdef")
        #expect(PlainText.cut("abcdefg", to: 6) == "abc...")
        #expect(PlainText.cut("\u{8CC7}\u{8CC7}\u{8CC7}\u{8CC7}", to: 6) == "\u{8CC7}...")
        #expect(PlainText.cut("abc", to: 2) == "..")
        #expect(PlainText.wrapped("one two three", to: 7) == ["one two", "three"])
        #expect(PlainText.wrapped("run `a b`, `c d`", to: 8) == ["run", "`a b`,", "`c d`"])
        #expect(PlainText.line("a\r\n\u{1B}[31mb") == "a   [31mb")
    }
}
