import Events
import FoundationEssentials
import Ledger
import TestSupport
import Testing

extension ScratchLedger {
    /// Later than everything that these tests record.
    static let later: Int64 = 1_000_000

    /// Forgets all that may be forgotten.
    func prune(
        before cutoff: Int64 = later,
        cumulative tables: [String] = [],
        steps: Int = 4
    ) async throws {
        let rules = PruningRules(before: cutoff, cumulativeTables: tables)
        while try await ledger.pruneRecords(rules) > 0 {}
        if steps > 1 { while try await ledger.pruneTimes(rules) > 0 {} }
        var place: Int64? = steps > 2 ? 0 : nil
        while let next = place {
            place = try await ledger.pruneVersions(rules, after: next, at: cutoff).next
        }
        if steps > 3 { while try await ledger.pruneRuns(rules) > 0 {} }
    }

    /// Records the manifest of a version, and brings all that it sets off to an end.
    @discardableResult
    func manifest(
        of source: ObjectVersion,
        _ outcome: ItemOutcome = .done
    ) async throws -> ObjectKey {
        let key = "t/\(source.key)/\(source.sequencer)/_manifest.json"
        let object = Self.object(key, "m\(source.sequencer)", source: source, function: "crawl")
        try await ledger.record([.present(object)], at: 1000)
        let plan = DeliveryPlan(trigger: "to-lake", function: "convert")
        let crawled = try await begin("c\(source.sequencer)", try await ledger.pending())
        try await settle("c\(source.sequencer)", crawled, .done, onSucceeded: [plan])
        try await runAll("l\(source.sequencer)", outcome)
        return object.key
    }

    func deliveries(of key: ObjectKey) async throws -> [[DeliveryState]] {
        try await ledger.story(of: key, detailed: nil).map { $0.deliveries.map(\.state) }
    }
}

@Suite("A ledger that forgets what is over")
struct PruningTests {
    private static let a = ObjectKey(bucket: "stage-1", key: "a")

    @Test("forgets old runs, and keeps those of what is open or dead")
    func runs() async throws {
        let scratch = try ScratchLedger()
        try await scratch.drop(("a", "1"))
        try await scratch.runAll("done", .done)
        try await scratch.drop(("b", "1"))
        try await scratch.runAll("dead", .dead(ScratchLedger.failure))
        try await scratch.drop(("c", "1"))
        try await scratch.runAll("retry", .retry(at: 9000, ScratchLedger.failure))
        try await scratch.prune(before: 4000)
        #expect(try await scratch.ledger.newestRuns(ofFunction: nil, limit: 9).count == 3)
        try await scratch.prune()
        let left = try await scratch.ledger.newestRuns(ofFunction: nil, limit: 9)
        #expect(Set(left.map(\.requestID)) == ["dead", "retry"])
        #expect(try await scratch.deliveries(of: Self.a) == [[.done]])
        #expect(try await scratch.ledger.deadLetters().first?.requestID == "dead")
        let kept = try await scratch.ledger.runs(endedBefore: ScratchLedger.later)
        #expect(kept == ["dead", "retry"])
    }

    @Test("never forgets which bytes a key had last, there or deleted")
    func eTags() async throws {
        let scratch = try ScratchLedger()
        for content in ["1", "2", "3"] {
            try await scratch.drop(("a", content))
            try await scratch.runAll("r\(content)", .done)
        }
        try await scratch.drop(("b", "1"))
        try await scratch.runAll("b", .done)
        try await scratch.remove("b")
        try await scratch.prune()
        #expect(try await scratch.deliveries(of: Self.a) == [[.done]])
        #expect(try await scratch.drop(("a", "3"), ("b", "1")).pending.isEmpty)
        #expect(try await scratch.drop(("a", "1")).pending.count == 1)
    }

    @Test("keeps what was done with a manifest until a newer version is in every table")
    func manifests() async throws {
        let scratch = try ScratchLedger()
        let first = try #require(try await scratch.drop(("a", "1")).created.first)
        try await scratch.runAll("s1", .done)
        let old = try await scratch.manifest(of: first)
        let second = try #require(try await scratch.drop(("a", "2")).created.first)
        try await scratch.runAll("s2", .done)
        let new = try await scratch.manifest(of: second, .dead(ScratchLedger.failure))

        try await scratch.prune()
        #expect(try await scratch.deliveries(of: old) == [[.done, .done]])
        _ = try await scratch.ledger.redrive(at: 4000)
        try await scratch.runAll("again", .done)
        try await scratch.prune(cumulative: ["t"])
        #expect(try await scratch.deliveries(of: old) == [[.done, .done]])
        try await scratch.prune()
        #expect(try await scratch.deliveries(of: old) == [[]])
        #expect(try await scratch.deliveries(of: new) == [[.done, .done]])

        // Its file is there and nothing is to be done with it, as long as it is.
        let inventory = try await scratch.ledger.inventory(since: 0, checksFile: true)
        #expect(inventory.damages.isEmpty)
        #expect(inventory.objects.filter(\.isPruned).map(\.version.objectKey) == [Self.a, old])
        let same = ScratchLedger.object(
            old.key,
            "m\(first.sequencer)",
            source: first,
            function: "crawl"
        )
        #expect(try await scratch.ledger.record([.present(same)], at: 1).pending.isEmpty)
        try await scratch.ledger.record([.removed(old, plans: [])], at: 2000)
        #expect(try await scratch.ledger.record([.present(same)], at: 1).pending.isEmpty)
        try await scratch.ledger.record([.removed(old, plans: [])], at: 2000)
        try await scratch.prune()
        try await scratch.prune()
        let left = try await scratch.ledger.inventory(since: 0, checksFile: true)
        #expect(left.objects.map(\.version.sequencer).count == 2)
        #expect(left.damages.isEmpty)
    }

    @Test("forgets times of a schedule but for the newest, with its last run")
    func times() async throws {
        let scratch = try ScratchLedger()
        _ = try await scratch.ledger.keepSchedules(["nightly": "rate(1 day)"], at: 0)
        let plan = DeliveryPlan(trigger: "nightly", function: "report")
        for time in [100, 200, 300] as [Int64] {
            _ = try await scratch.ledger.fire(plan, time: time, at: time)
            try await scratch.runAll("t\(time)", .done)
        }
        try await scratch.prune()
        let schedule = try #require(try await scratch.ledger.schedules().first)
        #expect(schedule.lastTime == 300)
        #expect(schedule.lastRun?.requestID == "t300")
        #expect(try await scratch.ledger.newestRuns(ofFunction: nil, limit: 9).count == 1)
        #expect(try await scratch.ledger.fire(plan, time: 300, at: 300).pending.isEmpty)
    }

    @Test("forgets records once they are delivered, and what was done with them")
    func records() async throws {
        let scratch = try ScratchLedger()
        let plan = DeliveryPlan(trigger: "split:onSuccess", function: "alert")
        let leased = try await scratch.begin("r", try await scratch.drop(("a", "1")).pending)
        let settled = try await scratch.settle(
            "r",
            leased,
            .done,
            recordsFor: .function(plan, refusal: nil)
        )
        let file = ObjectKey(bucket: "results", key: "1.json")
        try await scratch.prune()
        let told = try await scratch.begin("s", settled.pending)
        #expect(told.count == 1)
        _ = try await scratch.settle("s", told, .done, recordsFor: .file(file))
        try await scratch.prune()
        let unwritten = try await scratch.ledger.unwrittenRecords(limit: 9)
        #expect(unwritten.map(\.file) == [file])
        try await scratch.ledger.wrote(unwritten.map(\.sequencer), at: 5000)
        try await scratch.prune()
        #expect(try await scratch.ledger.status().functions["alert"] == nil)
        #expect(try await scratch.ledger.newestRuns(ofFunction: nil, limit: 9).isEmpty)
        #expect(try await scratch.deliveries(of: Self.a) == [[.done]])
    }

    @Test("sets off what one does that forgets nothing", arguments: UInt64(1)...8)
    func sideBySide(seed: UInt64) async throws {
        let forgetful = try ScratchLedger()
        let faithful = try ScratchLedger()
        var random = SeededGenerator(seed: seed)
        for step in 0..<150 {
            let key = "k\(Int.random(in: 0..<4, using: &random))"
            let content = "\(Int.random(in: 0..<3, using: &random))"
            let count = Int.random(in: 1...3, using: &random)
            let action = Int.random(in: 0..<8, using: &random)
            let failure = ScratchLedger.failure
            let outcomes: [ItemOutcome] = [.done, .done, .dead(failure), .notNow(failure)]
            let outcome = outcomes[Int.random(in: 0..<4, using: &random)]
            if action == 7 {
                // As if it were killed after some of the steps.
                try await forgetful.prune(steps: Int.random(in: 1...4, using: &random))
            }
            for scratch in [forgetful, faithful] {
                switch action {
                case 0...2: try await scratch.drop((key, content))
                case 3: try await scratch.remove(key)
                case 4: _ = try await scratch.ledger.redrive(function: "split", at: 1000)
                case 5, 6:
                    let batch = try await scratch.ledger.pending().prefix(count)
                    let leased = try await scratch.begin("r\(step)", Array(batch))
                    if !leased.isEmpty { try await scratch.settle("r\(step)", leased, outcome) }
                default: break
                }
            }
            let left = try await forgetful.ledger.pending().map(\.order)
            #expect(try await faithful.ledger.pending().map(\.order) == left)
            #expect(
                try await faithful.ledger.status().deadLetters
                    == forgetful.ledger.status().deadLetters
            )
        }
    }

    @Test("stays as large as what it has to know")
    func size() async throws {
        let scratch = try ScratchLedger()
        var sizes: [Int] = []
        for round in 0..<12 {
            for part in 0..<10 {
                let files = (0..<40).map { "\($0)" }
                try await scratch.ledger.record(
                    files.map { .present(ScratchLedger.object($0, "\(round)-\(part)")) },
                    at: 1000
                )
                try await scratch.runAll("r\(round)-\(part)", .done)
            }
            try await scratch.prune()
            while try await scratch.ledger.giveBackRoom() {}
            let path = scratch.folder.path("ledger.sqlite")
            let journal = try FileManager.default.attributesOfItem(atPath: path + "-wal")
            #expect(journal[.size] as? Int == 0)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            sizes.append(try #require(attributes[.size] as? Int))
        }
        // A few pages more or less, as they happen to be filled.
        #expect(sizes[11] <= sizes[2] + 8 * 4096, "\(sizes)")
    }
}
