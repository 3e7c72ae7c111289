import DeltaTable
import FoundationEssentials
import Synchronization
import TestSupport
import Testing

@Suite("A Delta commit")
struct CommitTests {
    @Test("that lost the race for its version changes nothing")
    func conflict() throws {
        let table = try ScratchTable()
        try table.commit(versions: 2)
        let before = try table.folder.files()
        let outcome = try table.log.commit([.add(ScratchTable.file("late"))], as: 1)
        #expect(outcome == .conflict)
        #expect(try table.snapshot()?.files.map(\.path) == ["f0", "f1"])
        let after = try table.folder.files()
        #expect(after == before)
    }

    @Test("is won by exactly one of many writers")
    func race() async throws {
        let table = try ScratchTable()
        try table.commit(versions: 1)
        let log = table.log
        let won = try await withThrowingTaskGroup(of: Bool.self) { group in
            for writer in 0..<16 {
                group.addTask {
                    try log.commit([.add(ScratchTable.file("w\(writer)"))], as: 1) == .committed
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(won == 1)
        #expect(try table.snapshot()?.files.count == 2)
    }

    @Test("is found again by its transaction, with its figures")
    func figures() throws {
        let table = try ScratchTable()
        try table.commit(versions: 1)
        func info(_ version: Int64, _ rows: Int64) -> DeltaAction {
            .commitInfo(
                CommitInfo(
                    timestamp: 1,
                    operation: "WRITE",
                    figures: [.init(appId: "stage-1/a", version: version, counts: ["rows": rows])],
                    totals: ["files": 2]
                )
            )
        }
        _ = try table.log.commit([info(10, 100)], as: 1)
        _ = try table.log.commit([info(20, 200)], as: 2)
        let found = try #require(
            try table.log.figures(forTransaction: "stage-1/a", version: 10)
        )
        #expect(found.commit == 1)
        #expect(found.figures.counts == ["rows": 100])
        #expect(found.totals == ["files": 2])
        let absent = try table.log.figures(forTransaction: "stage-1/b", version: 10)
        #expect(absent == nil)
    }
}

@Suite("A Delta commit cut off by a disk error")
struct CommitFaultTests {
    /// One case per file-system call of a commit: make folder, write, link, sync, remove.
    @Test("leaves a readable table that has all of it or nothing", arguments: 0..<5)
    func leavesReadableTable(healthy: Int) throws {
        let table = try ScratchTable()
        try table.commit(versions: 3)
        let failing = DeltaLog(table: table.path, store: FailingStore(healthyCalls: healthy))
        let result = Result { try failing.commit([.add(ScratchTable.file("new"))], as: 3) }
        let snapshot = try #require(try table.snapshot())
        let names = ["f0", "f1", "f2"]
        if (try? result.get()) == .committed {
            #expect(snapshot.version == 3)
        } else {
            #expect(throws: DeltaError.self) { try result.get() }
        }
        let isIn = snapshot.version == 3
        #expect(snapshot.files.map(\.path) == names + (isIn ? ["new"] : []))
        let next = try table.log.commit(
            [.add(ScratchTable.file("next"))],
            as: snapshot.version + 1
        )
        #expect(next == .committed)
    }

    @Test("says that it may be there only once it is", arguments: 0..<4)
    func mayBeCommitted(healthyCalls: Int) throws {
        let table = try ScratchTable()
        try table.commit(versions: 1)
        let store = FailingStore(healthyCalls: healthyCalls)
        let error = #expect(throws: DeltaError.self) {
            try DeltaLog(table: table.path, store: store).commit([], as: 1)
        }
        #expect(error?.mayBeCommitted == (try table.log.newestVersion() == 1))
    }

    @Test("covers every call of a commit")
    func countsCalls() throws {
        let table = try ScratchTable()
        try table.commit(versions: 1)
        let store = FailingStore(healthyCalls: .max)
        _ = try DeltaLog(table: table.path, store: store).commit([], as: 1)
        #expect(store.calls == 5)
    }
}

@Suite("A checkpoint of a log")
struct CheckpointRuleTests {
    @Test("stands for the commits before it and forgets old tombstones")
    func startsReading() throws {
        let table = try ScratchTable()
        try table.commit(versions: 3)
        let week: Int64 = 7 * 24 * 3_600_000
        _ = try table.log.commit(
            [
                .remove(ScratchTable.file("f0").removed(at: week)),
                .remove(ScratchTable.file("f1").removed(at: 2 * week)),
                .transaction(Transaction(appId: "a", version: 4)),
            ],
            as: 3
        )
        let before = try #require(try table.snapshot())
        try table.log.writeCheckpoint(of: before, now: 2 * week, using: LineCheckpoints())
        for version in 0...2 { try table.remove("_delta_log/0000000000000000000\(version).json") }
        _ = try table.log.commit([.add(ScratchTable.file("f9"))], as: 4)
        let after = try #require(try table.snapshot())
        #expect(after.files.map(\.path) == ["f2", "f9"])
        #expect(after.transactions == ["a": 4])
        #expect(after.tombstones.map(\.path) == ["f1"])
        let pointer = try table.folder.text("lake/t/_delta_log/_last_checkpoint")
        #expect(pointer.contains(#""version":3"#))
        #expect(try table.folder.files().allSatisfy { !$0.contains("/.") })
    }

    @Test("that cannot be written leaves the table as it was", arguments: 0..<5)
    func faults(healthy: Int) throws {
        let table = try ScratchTable()
        try table.commit(versions: 3)
        let before = try #require(try table.snapshot())
        let failing = DeltaLog(table: table.path, store: FailingStore(healthyCalls: healthy))
        #expect(throws: DeltaError.self) {
            try failing.writeCheckpoint(of: before, now: 0, using: LineCheckpoints())
        }
        #expect(try table.snapshot() == before)
    }

    @Test("is due every 50 commits", arguments: [(0, false), (49, false), (50, true), (100, true)])
    func due(version: Int64, isDue: Bool) {
        #expect(DeltaLog.isCheckpointDue(after: version) == isDue)
    }

    @Test("is written where it is due, and a failure is told while the commit stands")
    func whereDue() throws {
        let table = try ScratchTable()
        try table.commit(versions: 51)
        let codec = LineCheckpoints()
        let pointer = "lake/t/_delta_log/_last_checkpoint"
        #expect(table.log.writeCheckpointIfDue(after: 49, now: 0, using: codec) == nil)
        #expect(try !table.folder.files().contains(pointer))
        let failing = DeltaLog(table: table.path, store: FailingStore(healthyCalls: 0))
        #expect(failing.writeCheckpointIfDue(after: 50, now: 0, using: codec) != nil)
        #expect(try table.snapshot()?.version == 50)
        #expect(table.log.writeCheckpointIfDue(after: 50, now: 0, using: codec) == nil)
        #expect(try table.folder.text(pointer).contains(#""version":50"#))
    }
}
