import Events
import Ledger
import Testing

@Suite("The ledger of runs")
struct SettlingTests {
    private static let failure = ScratchLedger.failure

    @Test("gives each delivery to one run only")
    func lease() async throws {
        let scratch = try ScratchLedger()
        let pending = try await scratch.drop(("a", "1"), ("b", "1")).pending
        #expect(try await scratch.begin("r", [pending[0], pending[0]]).count == 1)
        #expect(try await scratch.begin("s", pending).map(\.id) == [pending[1].id])
        #expect(try await scratch.begin("t", pending).isEmpty)
        #expect(try await scratch.ledger.unfinishedRuns() == ["r", "s"])
    }

    @Test("queues the deliveries of interrupted runs again, uncounted")
    func interrupted() async throws {
        let scratch = try ScratchLedger()
        let pending = try await scratch.drop(("a", "1")).pending
        _ = try await scratch.begin("r", pending)
        #expect(try await scratch.ledger.requeueInterrupted(at: 1) == 1)
        #expect(try await scratch.ledger.unfinishedRuns().isEmpty)
        let again = try await scratch.begin("s", try await scratch.ledger.pending())
        #expect(again.map(\.attempts) == [0])
        #expect(try await scratch.ledger.run("r")?.outcome == .interrupted)
    }

    @Test("counts a retry, keeps its time and the first attempt")
    func retry() async throws {
        let scratch = try ScratchLedger()
        try await scratch.drop(("a", "1"))
        let outcome = try await scratch.runAll("r", .retry(at: 7000, Self.failure))
        #expect(outcome.pending.map(\.dueAt) == [7000])
        #expect(try await scratch.ledger.pending() == outcome.pending)
        let again = try await scratch.begin("s", outcome.pending)
        #expect(again.first?.attempts == 1)
        #expect(again.first?.firstAttempt == 3000)
    }

    @Test(
        "counts nothing but failures",
        arguments: [
            ItemOutcome.notNow(failure), .bisected(limit: 1, failure), .interrupted,
        ]
    )
    func uncounted(outcome: ItemOutcome) async throws {
        let scratch = try ScratchLedger()
        try await scratch.drop(("a", "1"))
        for run in ["r", "s", "t", "u"] {
            let ended = try await scratch.runAll(run, outcome)
            #expect(ended.pending.count == 1)
        }
        let again = try await scratch.begin("v", try await scratch.ledger.pending())
        #expect(again.map(\.attempts) == [0])
    }

    @Test("retries no version that was superseded meanwhile")
    func supersededRetry() async throws {
        let scratch = try ScratchLedger()
        let first = try await scratch.drop(("a", "1"))
        let leased = try await scratch.begin("r", first.pending)
        try await scratch.drop(("a", "2"))
        let outcome = try await scratch.settle("r", leased, .retry(at: 7000, Self.failure))
        #expect(outcome.pending.isEmpty)
        #expect(try await scratch.ledger.status().functions["split"]?.superseded == 1)
    }

    @Test("makes no dead letter of a version that was deleted while it was split")
    func deleted() async throws {
        let scratch = try ScratchLedger()
        let leased = try await scratch.begin("r", try await scratch.drop(("a", "1")).pending)
        try await scratch.remove("a")
        #expect(try await scratch.settle("r", leased, .dead(Self.failure)).dead.isEmpty)
        #expect(try await scratch.ledger.status().deadLetters == 0)
        let again = try await scratch.drop(("a", "1"))
        #expect(again.pending.map(\.id) == leased.map(\.id))
    }

    @Test("believes `superseded` only if it knows a newer version, otherwise asks for a digest")
    func superseded() async throws {
        let scratch = try ScratchLedger()
        let first = try await scratch.drop(("a", "1"), ("b", "1"))
        let leased = try await scratch.begin("r", first.pending)
        try await scratch.drop(("b", "2"))
        let outcome = try await scratch.settle("r", leased, .superseded(recheckAt: 9000))
        #expect(outcome.toDigest == [ObjectKey(bucket: "stage-1", key: "a")])
        #expect(outcome.pending.map(\.dueAt) == [9000])
        #expect(try await scratch.ledger.status().functions["split"]?.superseded == 1)
    }

    @Test(
        "lets an object stand for all before it, done or dead, where that is said",
        arguments: [true, false]
    )
    func cumulative(isCumulative: Bool) async throws {
        let scratch = try ScratchLedger()
        let objects = try await scratch.drop(("0", "a"), ("1", "b"), ("2", "c")).pending
        var dead: [Int] = []
        for (run, object) in zip(["r", "s", "t"], objects) {
            let leased = try await scratch.begin(run, [object])
            let outcome: ItemOutcome = run == "t" ? .done : .dead(Self.failure)
            try await scratch.settle(run, leased, outcome, isCumulative: isCumulative)
            dead.append(try await scratch.ledger.status().deadLetters)
        }
        #expect(dead == (isCumulative ? [1, 1, 0] : [1, 2, 2]))
    }

    @Test("tells the end of a crawl in the transaction that ends the run, once an object")
    func glue() async throws {
        let scratch = try ScratchLedger()
        let plans = [
            DeliveryPlan(trigger: "to-lake", function: "convert"),
            DeliveryPlan(trigger: "to-wh", function: "load"),
        ]
        let pending = try await scratch.drop(("a", "1"), ("b", "1")).pending
        let leased = try await scratch.begin("r", pending)
        let good = try await scratch.settle("r", [leased[0]], .done, onSucceeded: plans)
        #expect(good.pending.map(\.function) == ["convert", "load"])
        let bad = try await scratch.settle("r", [leased[1]], .dead(Self.failure), onFailed: plans)
        #expect(bad.pending.map(\.event) == [.failed, .failed])
        #expect(bad.dead.count == 1)

        let events = try await scratch.begin("s", [good.pending[0]])
        #expect(events.first?.event == .succeeded)
        #expect(events.first?.catalogVersion == 3)
        #expect(events.first?.cause == "r")
        #expect(events.first?.sequencer == leased[0].sequencer)

        #expect(try await scratch.ledger.redrive(function: nil, at: 1) == 1)
        let again = try await scratch.begin("u", [pending[1]])
        let dead = try await scratch.settle("u", again, .dead(Self.failure), onFailed: plans)
        #expect(dead.pending.isEmpty)
    }

    @Test("ends a dead letter when a newer version of its key is accepted there")
    func newerVersion() async throws {
        let scratch = try ScratchLedger()
        try await scratch.drop(("a", "1"), ("b", "1"))
        try await scratch.runAll("r", .dead(Self.failure))
        try await scratch.drop(("a", "2"))
        try await scratch.runAll("s", .done)
        #expect(try await scratch.ledger.deadLetters().map(\.object?.key) == ["b"])
    }

    @Test("queues dead letters of one function again as if they were new")
    func redrive() async throws {
        let scratch = try ScratchLedger()
        try await scratch.drop(("a", "1"))
        try await scratch.runAll("r", .retry(at: 0, Self.failure))
        let second = try await scratch.begin("s", try await scratch.ledger.pending(), at: 3500)
        try await scratch.settle("s", second, .dead(Self.failure))
        #expect(try await scratch.ledger.deadLetters().map(\.attempts) == [2])
        #expect(try await scratch.ledger.deadLetters().map(\.requestID) == ["s"])
        #expect(try await scratch.ledger.redrive(function: "other", at: 1) == 0)
        #expect(try await scratch.ledger.redrive(function: "split", at: 1) == 1)
        let again = try await scratch.begin("t", try await scratch.ledger.pending())
        #expect(again.map(\.attempts) == [0])
    }

    @Test("names manifests to purge once all that they triggered has succeeded")
    func purge() async throws {
        let scratch = try ScratchLedger()
        let source = ObjectVersion(
            bucket: "stage-1",
            key: "a",
            size: 1,
            eTag: "x",
            sequencer: Sequencer(rawValue: 5)
        )
        let manifest = ScratchLedger.object("t/a/5/_manifest.json", "m", source: source)
        let recorded = try await scratch.ledger.record([.present(manifest)], at: 9000)
        let leased = try await scratch.begin("r", recorded.pending)
        let plans = [DeliveryPlan(trigger: "to-lake", function: "convert")]
        try await scratch.settle("r", leased, .done, onSucceeded: plans)
        #expect(try await scratch.ledger.manifestsToPurge(ofTables: ["t"]).isEmpty)
        try await scratch.runAll("s", .done)
        let done = try await scratch.ledger.manifestsToPurge(ofTables: ["t"])
        #expect(done == recorded.created)
        try await scratch.ledger.purged(done[0], at: 1)
        #expect(try await scratch.ledger.manifestsToPurge(ofTables: ["t"]).isEmpty)
    }
}
