import Events
import Ledger
import Testing

@Suite("The ledger of runs by hand")
struct ByHandTests {
    private static let source = ObjectVersion(
        bucket: "stage-1",
        key: "a",
        size: 1,
        eTag: "x",
        sequencer: Sequencer(rawValue: 5)
    )

    private func run(_ id: String) -> NewRun {
        NewRun(requestID: id, function: "f", trigger: "", table: "t", logPath: "/log")
    }

    private func end(_ id: String) -> RunEnd {
        RunEnd(
            requestID: id,
            outcome: .succeeded,
            durationMicroseconds: 7,
            peakMemory: 8,
            result: "{}",
            items: []
        )
    }

    @Test("keeps the run and settles nothing by it")
    func kept() async throws {
        let scratch = try ScratchLedger()
        let pending = try await scratch.drop(("a", "1")).pending
        let key = ObjectKey(bucket: "stage-1", key: "a")
        try await scratch.ledger.beginByHand(run("r"), objects: [key], at: 10)
        #expect(try await scratch.ledger.unfinishedRuns() == ["r"])
        let outcome = try await scratch.ledger.settle(end("r"), at: 20)
        #expect(outcome.pending.isEmpty)
        #expect(try await scratch.ledger.pending() == pending)
        let kept = try #require(try await scratch.ledger.run("r"))
        #expect(kept.outcome == .succeeded)
        #expect(kept.items == 1)
        #expect(kept.endedAt == 20)
        #expect(try await scratch.ledger.newestRuns(ofFunction: "f", limit: 9) == [kept])
    }

    @Test("is found by its object, and by what its object stems from")
    func found() async throws {
        let scratch = try ScratchLedger()
        let manifest = ScratchLedger.object("t/a/5/_manifest.json", "m", source: Self.source)
        _ = try await scratch.ledger.record([.present(manifest)], at: 9000)
        let other = ObjectKey(bucket: "stage-1", key: "b")
        try await scratch.ledger.beginByHand(run("r"), objects: [manifest.key, other], at: 10)
        try await scratch.ledger.beginByHand(run("s"), objects: [other, other], at: 20)
        try await scratch.ledger.beginByHand(run("u"), objects: [], at: 30)
        let ledger = scratch.ledger
        #expect(try await ledger.runsByHand(of: Self.source.objectKey).map(\.requestID) == ["r"])
        #expect(try await ledger.runsByHand(of: manifest.key).map(\.requestID) == ["r"])
        #expect(try await ledger.runsByHand(of: other).map(\.requestID) == ["s", "r"])
        #expect(try await ledger.requeueInterrupted(at: 40) == 3)
    }
}
