import Events
import Ledger
import Testing

extension ScratchLedger {
    /// Ends a run, every delivery in the same way, with a record of each for a place.
    func settle(
        _ run: String,
        _ deliveries: [LeasedDelivery],
        _ outcome: ItemOutcome,
        recordsFor place: EventRecord.Place
    ) async throws -> SettleOutcome {
        var end = RunEnd(
            requestID: run,
            outcome: .succeeded,
            durationMicroseconds: 1,
            peakMemory: 1,
            items: deliveries.map { ($0, outcome) }
        )
        for delivery in deliveries {
            end.records[delivery.id] = EventRecord(json: "{}", condition: "Success", place: place)
        }
        return try await ledger.settle(end, at: 4000)
    }

    func dead(_ keys: String..., under folder: String) async throws {
        for key in keys {
            let pending = try await drop(("\(folder)/\(key)", key)).pending
            let leased = try await begin("\(folder)-\(key)", pending)
            try await settle("\(folder)-\(key)", leased, .dead(Self.failure))
        }
    }
}

@Suite("The ledger of records")
struct RecordTests {
    private static let file = ObjectKey(bucket: "results", key: "f/1.json")
    private static let plan = DeliveryPlan(trigger: "split:onSuccess", function: "alert")

    @Test(
        "keeps one where a delivery ends, and none where it does not",
        arguments: [
            (ItemOutcome.done, 1), (.dead(ScratchLedger.failure), 1),
            (.retry(at: 7000, ScratchLedger.failure), 0), (.notNow(ScratchLedger.failure), 0),
            (.bisected(limit: 1, ScratchLedger.failure), 0), (.interrupted, 0),
        ]
    )
    func ends(outcome: ItemOutcome, count: Int) async throws {
        let scratch = try ScratchLedger()
        let leased = try await scratch.begin("r", try await scratch.drop(("a", "1")).pending)
        let settled = try await scratch.settle(
            "r",
            leased,
            outcome,
            recordsFor: .file(Self.file)
        )
        #expect(settled.hasFiles == (count > 0))
        let records = try await scratch.ledger.unwrittenRecords(limit: 10)
        #expect(records.map(\.file) == Array(repeating: Self.file, count: count))
        try await scratch.ledger.wrote(records.map(\.sequencer), at: 5000)
        #expect(try await scratch.ledger.unwrittenRecords(limit: 10).isEmpty)
    }

    @Test("makes none of a dead letter whose file is gone")
    func deleted() async throws {
        let scratch = try ScratchLedger()
        let leased = try await scratch.begin("r", try await scratch.drop(("a", "1")).pending)
        try await scratch.remove("a")
        let settled = try await scratch.settle(
            "r",
            leased,
            .dead(ScratchLedger.failure),
            recordsFor: .file(Self.file)
        )
        #expect(!settled.hasFiles)
    }

    @Test("delivers one to a function, a hop further, in the same transaction")
    func function() async throws {
        let scratch = try ScratchLedger()
        let leased = try await scratch.begin("r", try await scratch.drop(("a", "1")).pending)
        let settled = try await scratch.settle(
            "r",
            leased,
            .done,
            recordsFor: .function(Self.plan, refusal: nil)
        )
        #expect(settled.pending.map(\.function) == ["alert"])
        #expect(try await scratch.ledger.pending() == settled.pending)
        let got = try await scratch.begin("s", settled.pending)
        let delivery = try #require(got.first)
        #expect(delivery.event == .destination)
        #expect(delivery.hop == 1)
        #expect(delivery.object == nil)
        #expect(try await scratch.ledger.record(delivery.sequencer) == "{}")
        #expect(try await scratch.ledger.hop(ofRun: "s") == 1)
        #expect(
            try await scratch.ledger.chain(endingIn: "s", limit: 9) == [
                "stage-1/a", "split", "split:onSuccess", "alert",
            ]
        )
        try await scratch.settle("s", got, .dead(ScratchLedger.failure))
        let objects = try #require(ObjectChoice("stage-1/a"))
        let letters = try await scratch.ledger.deadLetters(of: objects)
        #expect(letters.map(\.function) == ["alert"])
    }

    @Test("chooses dead letters by function, object and folder, and forgets them")
    func choice() async throws {
        let scratch = try ScratchLedger()
        try await scratch.dead("a", "ab", under: "t")
        try await scratch.dead("a", under: "tt")
        func keys(_ text: String) async throws -> [String] {
            let choice = try #require(ObjectChoice(text))
            return try await scratch.ledger.deadLetters(of: choice).compactMap(\.source?.key)
        }
        #expect(try await keys("stage-1/t/a") == ["t/a"])
        #expect(try await keys("stage-1/t/") == ["t/a", "t/ab"])
        #expect(try await keys("stage-1/t").isEmpty)
        #expect(try await keys("stage-1/").count == 3)
        #expect(try await keys("stage-2/").isEmpty)
        #expect(try await scratch.ledger.deadLetters(function: "load").isEmpty)

        let one = try #require(ObjectChoice("stage-1/t/a"))
        let gone = try await scratch.ledger.purgeDeadLetters(of: one, at: 9000)
        #expect(gone.map(\.source?.key) == ["t/a"])
        #expect(try await scratch.ledger.deadLetters().count == 2)
        #expect(try await scratch.ledger.redrive(of: one, at: 9000) == 0)
        let story = try await scratch.ledger.story(of: one.object, detailed: nil)
        #expect(story.first?.deliveries.map(\.state) == [.purged])
        #expect(story.first?.deliveries.first?.errorType == "E")
        #expect(story.first?.deliveries.first?.tries.count == 1)
        let folder = try #require(ObjectChoice("stage-1/tt/"))
        #expect(try await scratch.ledger.redrive(of: folder, at: 9000) == 1)
        #expect(try await scratch.ledger.pending().count == 1)
    }

    @Test("takes a forgotten version up again that is deleted and dropped again")
    func purgedAgain() async throws {
        let scratch = try ScratchLedger()
        try await scratch.dead("a", under: "t")
        _ = try await scratch.ledger.purgeDeadLetters(at: 9000)
        #expect(try await scratch.drop(("t/a", "a")).pending.isEmpty)
        try await scratch.remove("t/a")
        #expect(try await scratch.drop(("t/a", "a")).pending.count == 1)
    }
}

extension ObjectChoice {
    fileprivate var object: ObjectKey { ObjectKey(bucket: bucket, key: key) }
}
