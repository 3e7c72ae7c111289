import Events
import Ledger
import TestSupport
import Testing

@Suite("Recording a change")
struct RecordingTests {
    @Test("gives new bytes a greater sequencer, whatever the clock says")
    func sequencers() async throws {
        let scratch = try ScratchLedger()
        let first = try await scratch.drop(("a", "1"), ("b", "1"), at: 1000)
        let second = try await scratch.drop(("a", "2"), at: 500)
        let third = try await scratch.drop(("a", "3"), at: 9000)
        let all = (first.created + second.created + third.created).map(\.sequencer.rawValue)
        #expect(all == [1000, 1001, 1002, 9000])
        try await scratch.ledger.raiseSequencer(above: Sequencer(rawValue: 20_000))
        let last = try await scratch.drop(("a", "4"), at: 9001)
        #expect(last.created.map(\.sequencer.rawValue) == [20_001])
    }

    @Test("keeps a reserved number unless the key has a newer version already")
    func reserved() async throws {
        let scratch = try ScratchLedger()
        let numbers = try await scratch.ledger.reserveSequencers(2, at: 1000)
        try await scratch.drop(("b", "1"), at: 1000)
        var slow = ScratchLedger.object("a", "1")
        slow.sequencer = numbers[0]
        var late = ScratchLedger.object("b", "2")
        late.sequencer = numbers[1]
        let outcome = try await scratch.ledger.record([.present(slow), .present(late)], at: 1000)
        #expect(outcome.created.map(\.sequencer.rawValue) == [1000, 1003])
    }

    @Test("does nothing for bytes that are known")
    func same() async throws {
        let scratch = try ScratchLedger()
        try await scratch.drop(("a", "1"))
        let again = try await scratch.drop(("a", "1"))
        #expect(again == RecordOutcome(unchanged: 1))
        #expect(try await scratch.ledger.pending().count == 1)
    }

    @Test("supersedes what is queued for an older version, also within one group")
    func superseded() async throws {
        let scratch = try ScratchLedger()
        let first = try await scratch.drop(("a", "1"))
        let second = try await scratch.drop(("a", "2"), ("a", "3"))
        #expect(second.withdrawn.count == 2)
        #expect(second.withdrawn.first == first.pending.first?.id)
        #expect(second.pending.count == 1)
        #expect(try await scratch.ledger.pending() == second.pending)
    }

    @Test("leaves alone what is running or not supersedable")
    func notSuperseded() async throws {
        let scratch = try ScratchLedger()
        let first = try await scratch.drop(("a", "1"))
        _ = try await scratch.begin("r", first.pending)
        let other = ScratchLedger.object("a", "2", function: "mine")
        try await scratch.ledger.record([.present(other)], at: 1)
        #expect(try await scratch.drop(("a", "3")).withdrawn.isEmpty)
        #expect(try await scratch.ledger.status().running == 1)
        #expect(try await scratch.ledger.status().queued == 2)
    }

    @Test("ends what is queued and dead for an object that is deleted")
    func removed() async throws {
        let scratch = try ScratchLedger()
        try await scratch.drop(("a", "1"))
        try await scratch.runAll("r", .dead(ScratchLedger.failure))
        try await scratch.drop(("b", "1"))
        #expect(try await scratch.remove("b").withdrawn.count == 1)
        try await scratch.remove("a")
        let status = try await scratch.ledger.status()
        #expect(status.isSettled)
        #expect(status.deadLetters == 0)
        #expect(status.objects == 0)
        #expect(try await scratch.ledger.presentKeys(inBucket: "stage-1", below: nil).isEmpty)
    }

    @Test("runs deleted bytes again that were never accepted, and only those")
    func again() async throws {
        let scratch = try ScratchLedger()
        let first = try await scratch.drop(("a", "1"), ("b", "1"))
        let leased = try await scratch.begin("r", first.pending)
        try await scratch.settle("r", [leased[0]], .done)
        try await scratch.settle("r", [leased[1]], .dead(ScratchLedger.failure))
        try await scratch.remove("a")
        try await scratch.remove("b")
        let again = try await scratch.drop(("a", "1"), ("b", "1"))
        #expect(again.created.isEmpty)
        #expect(again.pending.map(\.id) == [first.pending[1].id])
        #expect(try await scratch.ledger.status().objects == 2)
    }

    @Test("tells a removal to the triggers that want to know, once")
    func removalDelivery() async throws {
        let scratch = try ScratchLedger()
        try await scratch.drop(("a", "1"))
        let gone = ObservedChange.removed(
            ObjectKey(bucket: "stage-1", key: "a"),
            plans: [DeliveryPlan(trigger: "gone", function: "mine")]
        )
        let outcome = try await scratch.ledger.record([gone, gone], at: 5000)
        #expect(outcome.pending.map(\.event) == [.removed])
        let leased = try await scratch.begin("r", outcome.pending)
        #expect(leased.first?.object?.key == "a")
        #expect(leased.first?.sequencer == Sequencer(rawValue: 5000))
    }

    @Test("makes a dead letter of what is refused from the start")
    func refusal() async throws {
        let scratch = try ScratchLedger()
        let object = ScratchLedger.object("a", "1", refusal: ScratchLedger.failure)
        let outcome = try await scratch.ledger.record([.present(object)], at: 1)
        #expect(outcome.pending.isEmpty)
        #expect(outcome.dead.count == 1)
        #expect(try await scratch.ledger.deadLetters().map(\.errorType) == ["E"])
    }

    @Test("orders a manifest by the version that it describes")
    func manifests() async throws {
        let scratch = try ScratchLedger()
        let old = ObjectVersion(
            bucket: "stage-1",
            key: "a",
            size: 77,
            eTag: "x",
            sequencer: Sequencer(rawValue: 5)
        )
        let manifest = ScratchLedger.object("t/a/5/_manifest.json", "m", source: old)
        try await scratch.drop(("z", "1"))
        try await scratch.ledger.record([.present(manifest)], at: 9000)
        let pending = try await scratch.ledger.pending()
        #expect(pending.map(\.order.rawValue) == [5, 1000])
        #expect(pending.first?.bytes == 77)
    }

    @Test("knows what it recorded, also in another process")
    func known() async throws {
        let scratch = try ScratchLedger()
        try await scratch.drop(("a", "1"))
        let reader = try Ledger(path: scratch.folder.path("ledger.sqlite"), readOnly: true)
        let key = ObjectKey(bucket: "stage-1", key: "a")
        let known = try await reader.known([key, ObjectKey(bucket: "stage-1", key: "b")])
        #expect(known.count == 1)
        #expect(known[key]?.version.eTag == "1")
        #expect(known[key]?.identity == ScratchLedger.object("a", "1").identity)
    }
}
