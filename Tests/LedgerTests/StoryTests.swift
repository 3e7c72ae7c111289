import Events
import GRDB
import Ledger
import TestSupport
import Testing

@Suite("What the ledger tells of an object")
struct StoryTests {
    private let key = ObjectKey(bucket: "stage-1", key: "a")

    @Test("tells versions newest first, with manifests, deliveries and the runs that had them")
    func story() async throws {
        let scratch = try ScratchLedger()
        try await scratch.drop(("a", "1"), ("other", "1"))
        try await scratch.runAll("r", .retry(at: 9000, ScratchLedger.failure))
        let source = try #require(try await scratch.drop(("a", "2"), at: 5000).created.first)
        let manifest = ScratchLedger.object("t/a/m", "m", source: source, function: "crawl")
        try await scratch.ledger.record([.present(manifest)], at: 6000)

        let story = try await scratch.ledger.story(of: key, detailed: 1)
        #expect(story.map(\.version.key) == ["a", "t/a/m", "a"])
        #expect(story.map(\.source.eTag) == ["2", "2", "1"])
        #expect(story.map { $0.deliveries.map(\.function) } == [["split"], ["crawl"], ["split"]])
        #expect(story.map { $0.deliveries.map(\.state) } == [[.queued], [.queued], [.superseded]])
        #expect(story.map(\.noticedAt) == [5000, 6000, 1000])
        #expect(story[2].deliveries[0].tries.isEmpty)

        let whole = try await scratch.ledger.story(of: key, detailed: nil)
        let tried = try #require(whole.last?.deliveries.first?.tries.first)
        #expect(tried.run.requestID == "r")
        #expect(tried.outcome == "retry")
        #expect(tried.errorType == "E")
        #expect(tried.run.items == 2)
    }

    @Test("tells of a manifest only itself")
    func manifest() async throws {
        let scratch = try ScratchLedger()
        let source = try #require(try await scratch.drop(("a", "1")).created.first)
        let manifest = ScratchLedger.object("t/a/m", "m", source: source, function: "crawl")
        try await scratch.ledger.record([.present(manifest)], at: 6000)
        let story = try await scratch.ledger.story(
            of: ObjectKey(bucket: "stage-2", key: "t/a/m"),
            detailed: nil
        )
        #expect(story.map(\.version.key) == ["t/a/m"])
        #expect(story.first?.source == source)
    }

    @Test("knows what stands in a queue before a delivery, and since when")
    func queues() async throws {
        let scratch = try ScratchLedger()
        try await scratch.drop(("a", "1"), ("b", "1"), at: 1000)
        try await scratch.drop(("c", "1"), at: 2000)
        let last = try #require(try await scratch.ledger.pending().last)
        #expect(try await scratch.ledger.queued(ofFunction: "split", before: last.order) == 2)
        let first = try await scratch.begin("r", [try await scratch.ledger.pending()[0]])
        #expect(try await scratch.ledger.runningRuns().map(\.requestID) == ["r"])
        try await scratch.settle("r", first, .retry(at: 7000, ScratchLedger.failure))
        let queue = try #require(try await scratch.ledger.queues()["split"])
        #expect(queue.queued == 2)
        #expect(queue.oldestAt == 1000)
        #expect(queue.waiting == 1)
        #expect(queue.nextDueAt == 7000)
        #expect(try await scratch.ledger.runningRuns().isEmpty)
    }

    @Test("keeps which functions are paused, in place of what was kept before")
    func pauses() async throws {
        let scratch = try ScratchLedger()
        #expect(try await scratch.ledger.pauses().isEmpty)
        let pause = RecordedPause(
            function: "load",
            table: nil,
            since: 1,
            retryAt: 2,
            errorType: "WarehouseBusy",
            errorMessage: "m"
        )
        try await scratch.ledger.keep(pauses: [pause])
        #expect(try await scratch.ledger.pauses() == [pause])
        try await scratch.ledger.keep(pauses: [])
        #expect(try await scratch.ledger.pauses().isEmpty)
    }

    @Test("reads no pauses in a ledger of a time when there were none to keep")
    func olderLedger() async throws {
        let scratch = try ScratchLedger()
        try await DatabaseQueue(path: scratch.folder.path("ledger.sqlite")).write { db in
            try db.execute(sql: "DROP TABLE pauses")
        }
        let reader = try Ledger(path: scratch.folder.path("ledger.sqlite"), readOnly: true)
        #expect(try await reader.pauses().isEmpty)
    }

    @Test("counts a version that two functions gave up as one dead letter")
    func deadLetters() async throws {
        let scratch = try ScratchLedger()
        let leased = try await scratch.begin("r", try await scratch.drop(("a", "1")).pending)
        let plans = [
            DeliveryPlan(trigger: "to-lake", function: "convert"),
            DeliveryPlan(trigger: "to-wh", function: "load"),
        ]
        try await scratch.settle("r", leased, .done, onSucceeded: plans)
        try await scratch.runAll("s", .dead(ScratchLedger.failure))
        let status = try await scratch.ledger.status()
        #expect(status.deadLetters == 1)
        #expect(status.tables["t"]?.deadLetters == 1)
        #expect(status.functions["convert"]?.deadLetters == 1)
        #expect(status.functions["load"]?.deadLetters == 1)
        #expect(try await scratch.ledger.deadLetters().count == 2)
    }

    @Test("lists keys, the newest first")
    func keys() async throws {
        let scratch = try ScratchLedger()
        try await scratch.drop(("a", "1"))
        try await scratch.drop(("b", "1"), at: 2000)
        try await scratch.drop(("a", "2"), at: 3000)
        #expect(try await scratch.ledger.keys(limit: 9).map(\.key) == ["a", "b"])
        #expect(try await scratch.ledger.keys(limit: 1).map(\.key) == ["a"])
    }
}
