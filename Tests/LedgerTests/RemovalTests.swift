import Events
import Ledger
import TestSupport
import Testing

@Suite("A removal that takes rows out")
struct RemovalTests {
    private static let plan = DeliveryPlan(trigger: "to-split", function: "split", retracts: true)
    private let key = ObjectKey(bucket: "stage-1", key: "a")

    @Test("makes the same bytes a new version when they come again")
    func sameBytes() async throws {
        let scratch = try ScratchLedger()
        let first = try await scratch.drop(("a", "1"))
        _ = try await scratch.ledger.record([.removed(key, plans: [Self.plan])], at: 2000)
        let again = try await scratch.drop(("a", "1"), at: 3000)
        #expect(again.created.count == 1)
        #expect(try #require(again.created.first).sequencer > first.created[0].sequencer)
        #expect(try await scratch.drop(("a", "1"), at: 4000).unchanged == 1)
    }

    @Test("is not superseded by a newer version, and ends what was queued before it")
    func stays() async throws {
        let scratch = try ScratchLedger()
        let first = try await scratch.drop(("a", "1"))
        let removal = try await scratch.ledger.record([.removed(key, plans: [Self.plan])], at: 2000)
        #expect(removal.withdrawn == first.pending.map(\.id))
        let second = try await scratch.drop(("a", "2"), at: 3000)
        #expect(second.withdrawn.isEmpty)
        let events = try await scratch.ledger.pending().map(\.event)
        #expect(events == [.removed, .created])
    }

    @Test("by a person leaves a file alone that stays where it is")
    func byHand() async throws {
        let scratch = try ScratchLedger()
        try await scratch.drop(("a", "1"))
        let unknown = try await scratch.ledger.retract(
            [(key, [Self.plan]), (ObjectKey(bucket: "stage-1", key: "b"), [Self.plan])],
            at: 2000
        )
        #expect(unknown == [ObjectKey(bucket: "stage-1", key: "b")])
        #expect(try await scratch.drop(("a", "1"), at: 3000).unchanged == 1)
        var rewritten = ScratchLedger.object("a", "1")
        rewritten.identity.modifiedNanoseconds += 1
        let outcome = try await scratch.ledger.record([.present(rewritten)], at: 4000)
        #expect(outcome.created.count == 1)
        let removals = try await scratch.ledger.removals(of: key)
        #expect(removals.map(\.cause) == [.person])
    }

    @Test("is known of a file of which only manifests are recorded")
    func manifestsOnly() async throws {
        let scratch = try ScratchLedger()
        let source = ObjectVersion(
            bucket: "stage-1",
            key: "a",
            size: 1,
            eTag: "e",
            sequencer: Sequencer(rawValue: 7)
        )
        let manifest = ScratchLedger.object("t/a/7/_manifest.json", "m", source: source)
        try await scratch.ledger.record([.present(manifest)], at: 1000)
        #expect(try await scratch.ledger.retract([(key, [Self.plan])], at: 2000).isEmpty)
        let removal = try #require(
            try await scratch.ledger.pending().first { $0.event == .removed }
        )
        let leased = try await scratch.ledger.begin(
            NewRun(
                requestID: "r",
                function: "split",
                trigger: "to-split",
                table: "t",
                logPath: "l"
            ),
            deliveries: [removal.id],
            at: 3000
        )
        #expect(leased.first?.object?.objectKey == key)
        #expect(leased.first?.isRetraction == true)
    }
}
