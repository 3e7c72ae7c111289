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

    @Test(
        "ends with the newest content or the newest removal of each key as the last that counts",
        arguments: UInt64(1)...12
    )
    func removals(seed: UInt64) async throws {
        let plan = DeliveryPlan(trigger: "to-split", function: "split", retracts: true)
        let scratch = try ScratchLedger()
        var random = SplitMix(state: seed)
        var last: [String: String] = [:]
        var present: Set<String> = []
        var handled: [String: (sequencer: Sequencer, what: String)] = [:]
        func note(_ delivery: LeasedDelivery) {
            guard let object = delivery.object else { return }
            let what = delivery.event == .removed ? "removed" : object.eTag
            if handled[object.key]?.sequencer ?? Sequencer(rawValue: 0) <= delivery.sequencer {
                handled[object.key] = (delivery.sequencer, what)
            }
        }
        var running: [(String, [LeasedDelivery])] = []
        for step in 0..<120 {
            let key = "k\(random.next() % 4)"
            let object = ObjectKey(bucket: "stage-1", key: key)
            switch random.next() % 9 {
            case 0, 1, 2:
                let content = "\(random.next() % 3)"
                var dropped = ScratchLedger.object(key, content)
                dropped.identity.modifiedNanoseconds = Int64(step)
                try await scratch.ledger.record([.present(dropped)], at: 1000)
                last[key] = content
                present.insert(key)
            case 3 where present.remove(key) != nil:
                _ = try await scratch.ledger.record([.removed(object, plans: [plan])], at: 1000)
                last[key] = "removed"
            case 4 where last[key] != nil:
                #expect(try await scratch.ledger.retract([(object, [plan])], at: 1000).isEmpty)
                last[key] = "removed"
            case 5, 6:
                let batch = Array(try await scratch.ledger.pending().prefix(2))
                let leased = try await scratch.begin("run-\(step)", batch)
                if !leased.isEmpty { running.append(("run-\(step)", leased)) }
            case 7:
                guard let (run, leased) = running.popLast() else { continue }
                for delivery in leased { note(delivery) }
                try await scratch.settle(run, leased, .done)
            default:
                try await scratch.ledger.requeueInterrupted(at: 1)
                running = []
            }
        }
        try await scratch.ledger.requeueInterrupted(at: 1)
        for delivery in try await scratch.begin("last", try await scratch.ledger.pending()) {
            note(delivery)
            try await scratch.settle("last", [delivery], .done)
        }
        #expect(handled.mapValues(\.what) == last)
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
