import Events
import FunctionConfig
import Ledger
import Testing

@testable import Daemon

@Suite("Which versions are finished")
struct FinishTrackerTests {
    private static let failure = HandlerFailure(errorType: "E", errorMessage: "m")
    private static let arrival: Int64 = 5_000_000
    private let config: FunctionConfig
    private var tracker: FinishTracker
    private var lastID: Int64 = 0

    init() throws {
        config = try FunctionConfig.standard(
            path: "/somewhere/functions.json",
            surroundings: .init(bucketsFolder: "/somewhere/buckets", environment: [:])
        )
        tracker = FinishTracker(config: config)
    }

    private static func version(_ key: String, _ number: Int64 = 0) -> ObjectVersion {
        ObjectVersion(
            bucket: key.hasSuffix("_manifest.json") ? "stage-2" : "stage-1",
            key: key,
            size: 1,
            eTag: "e",
            sequencer: Sequencer(rawValue: UInt64(Self.arrival + number))
        )
    }

    private mutating func delivery(
        _ trigger: String,
        _ function: String,
        of source: ObjectVersion,
        at now: Int64
    ) -> PendingDelivery {
        lastID += 1
        return PendingDelivery(
            id: lastID,
            trigger: trigger,
            function: function,
            event: .created,
            table: "t",
            order: source.sequencer,
            bytes: 1,
            recordedAt: now
        )
    }

    private mutating func drop(_ version: ObjectVersion) -> PendingDelivery {
        let pending = delivery("new-file", "split", of: version, at: Self.arrival + 10)
        var outcome = RecordOutcome()
        outcome.created = [version]
        outcome.pending = [pending]
        tracker.recorded(outcome, at: Self.arrival + 10)
        return pending
    }

    private mutating func noticeManifest(of source: ObjectVersion) -> PendingDelivery {
        let pending = delivery("staged", "crawl", of: source, at: Self.arrival + 20)
        var outcome = RecordOutcome()
        outcome.created = [Self.version("t/a/_manifest.json", 500 + lastID)]
        outcome.pending = [pending]
        tracker.recorded(outcome, at: Self.arrival + 20)
        return pending
    }

    /// Ends a run of one delivery.
    private mutating func settle(
        _ pending: PendingDelivery,
        of source: ObjectVersion,
        _ item: ItemOutcome = .done,
        answer: JSONValue? = nil,
        triggers: [PendingDelivery] = [],
        at now: Int64
    ) throws {
        let leased = LeasedDelivery(
            pending: pending,
            object: source,
            source: source,
            sequencer: source.sequencer,
            hop: 0,
            attempts: 0,
            firstAttempt: now
        )
        var end = RunEnd(
            requestID: "r",
            outcome: .succeeded,
            durationMicroseconds: 1,
            peakMemory: 1,
            items: [(leased, item)]
        )
        end.answers = answer.map { [$0] } ?? []
        var outcome = SettleOutcome()
        outcome.pending = triggers
        switch item {
        case .dead: outcome.dead = [pending.order]
        case .retry, .notNow, .interrupted, .bisected: outcome.pending.append(pending)
        case .done, .superseded: break
        }
        let function = try #require(config.function(named: pending.function))
        tracker.settled(end, of: function, outcome, at: now)
    }

    private static func split(_ source: ObjectVersion) -> JSONValue {
        [
            "sequencer": .string(source.sequencer.description), "status": "split",
            "manifest": "stage-2/t/a/_manifest.json",
        ]
    }

    private static func answer(
        _ status: String,
        _ source: ObjectVersion,
        version: JSONValue = .null
    ) -> JSONValue {
        [
            "table": "t", "sequencer": .string(source.sequencer.description),
            "status": .string(status), "version": version, "rows": 7, "rejected": 2,
        ]
    }

    @Test(
        "finishes a version with its last delivery, whether the manifest is noticed early or late",
        arguments: [false, true]
    )
    mutating func wholeFlow(isEarly: Bool) throws {
        let source = Self.version("t/a.csv")
        let first = drop(source)
        var crawl: PendingDelivery?
        if isEarly { crawl = noticeManifest(of: source) }
        let now = Self.arrival + 30
        try settle(first, of: source, answer: Self.split(source), at: now)
        #expect(tracker.takeFinished().isEmpty)
        let second = crawl ?? noticeManifest(of: source)
        let convert = delivery("to-lake", "convert", of: source, at: now)
        let load = delivery("to-wh", "load", of: source, at: now)
        try settle(second, of: source, triggers: [convert, load], at: now)
        try settle(
            load,
            of: source,
            answer: Self.answer("loaded", source),
            at: now
        )
        #expect(tracker.takeFinished().isEmpty)
        try settle(
            convert,
            of: source,
            answer: Self.answer("converted", source, version: 3),
            at: Self.arrival + 900
        )
        let finished = tracker.takeFinished()
        #expect(finished.map(\.object.key) == ["t/a.csv"])
        #expect(finished.first?.microseconds == 900)
        let counts = FinishedVersion.RowCounts(rows: 7, rejected: 2)
        #expect(
            finished.first?.parts == [
                .init(function: "split", handler: "split", outcome: .done),
                .init(function: "crawl", handler: "crawl", outcome: .done),
                .init(function: "load", handler: "load", outcome: .warehouse(table: "t", counts)),
                .init(
                    function: "convert",
                    handler: "convert",
                    outcome: .lake(table: "t", version: 3, counts)
                ),
            ]
        )
        #expect(tracker.takeFinished().isEmpty)
    }

    @Test("finishes a version that a function gives up, and not one that will be tried again")
    mutating func failures() throws {
        let source = Self.version("t/a.csv")
        let pending = drop(source)
        try settle(pending, of: source, .retry(at: 9, Self.failure), at: Self.arrival)
        #expect(tracker.takeFinished().isEmpty)
        try settle(pending, of: source, .dead(Self.failure), at: Self.arrival)
        let finished = tracker.takeFinished()
        #expect(finished.map(\.isDead) == [true])
        #expect(
            finished.first?.parts == [
                .init(function: "split", handler: "split", outcome: .failed(Self.failure))
            ]
        )
    }

    @Test("finishes a version that a newer one overtakes in the queue")
    mutating func withdrawn() throws {
        let old = drop(Self.version("t/a.csv"))
        var outcome = RecordOutcome()
        outcome.withdrawn = [old.id]
        tracker.recorded(outcome, at: Self.arrival)
        let finished = tracker.takeFinished()
        #expect(finished.map { $0.parts.map(\.outcome) } == [[.superseded]])
    }

    @Test("says that a newer version is in the table already")
    mutating func outdated() throws {
        let source = Self.version("t/a.csv")
        let load = delivery("to-wh", "load", of: source, at: 1)
        tracker.load([load], isStart: true)
        try settle(load, of: source, answer: Self.answer("outdated", source), at: Self.arrival)
        #expect(tracker.takeFinished().map { $0.parts.map(\.outcome) } == [[.superseded]])
    }

    @Test("counts from the arrival at a start, and from the redrive after one")
    mutating func loaded() throws {
        let source = Self.version("t/a.csv")
        let load = delivery("to-wh", "load", of: source, at: Self.arrival + 100)
        tracker.load([load], isStart: true)
        try settle(load, of: source, .dead(Self.failure), at: Self.arrival + 200)
        #expect(tracker.takeFinished().map(\.microseconds) == [200])
        tracker.load([load], isStart: false)
        try settle(load, of: source, at: Self.arrival + 300)
        #expect(tracker.takeFinished().map(\.microseconds) == [200])
    }
}
