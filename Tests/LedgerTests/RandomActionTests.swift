import Events
import Ledger
import Testing

/// What the ledger must hold after any sequence of actions, kept the simplest way.
private struct Model {
    /// The content of each key as it is on disk; nil after a deletion.
    var disk: [String: String] = [:]
    /// Versions that some run has handled, by key and content.
    var handled: Set<String> = []
}

@Suite("Any sequence of drops, deletions, runs and crashes")
struct RandomActionTests {
    @Test("ends with every present content handled or dead", arguments: UInt64(1)...12)
    func everythingHandled(seed: UInt64) async throws {
        let scratch = try ScratchLedger()
        var random = SplitMix(state: seed)
        var model = Model()
        var running: [(String, [LeasedDelivery])] = []
        for step in 0..<120 {
            let key = "k\(random.next() % 4)"
            switch random.next() % 8 {
            case 0, 1, 2:
                let content = "\(random.next() % 3)"
                model.disk[key] = content
                try await scratch.drop((key, content))
            case 3:
                model.disk[key] = nil
                try await scratch.remove(key)
            case 4, 5:
                let pending = try await scratch.ledger.pending()
                let batch = Array(pending.prefix(Int(random.next() % 3) + 1))
                let leased = try await scratch.begin("run-\(step)", batch)
                if !leased.isEmpty { running.append(("run-\(step)", leased)) }
            case 6:
                guard let (run, leased) = running.popLast() else { continue }
                for delivery in leased { model.note(delivery) }
                try await scratch.settle(run, leased, .done)
            default:
                try await scratch.ledger.requeueInterrupted(at: 1)
                running = []
            }
        }
        try await scratch.ledger.requeueInterrupted(at: 1)
        for delivery in try await scratch.begin("last", try await scratch.ledger.pending()) {
            model.note(delivery)
            try await scratch.settle("last", [delivery], .done)
        }
        #expect(try await scratch.ledger.status().isSettled)
        #expect(try await scratch.ledger.status().objects == model.disk.count)
        for (key, content) in model.disk { #expect(model.handled.contains("\(key) \(content)")) }
    }
}

extension Model {
    fileprivate mutating func note(_ delivery: LeasedDelivery) {
        guard let object = delivery.object else { return }
        handled.insert("\(object.key) \(object.eTag)")
    }
}

/// A small seeded generator; see Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators".
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
