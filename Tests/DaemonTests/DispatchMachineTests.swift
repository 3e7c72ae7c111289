import Events
import Ledger
import Testing

@testable import Daemon

@Suite("Dispatch")
struct DispatchMachineTests {
    private static let second: Int64 = 1_000_000

    private func machine(
        concurrency: Int = 10,
        memory: Int = 10,
        isExclusive: Bool = false,
        pausesAll: Bool = false,
        size: Int = 1,
        bytes: Int64 = 1000,
        window: Int64 = 0,
        maxProcesses: Int = 10,
        isOnce: Bool = false
    ) -> DispatchMachine {
        let function = DispatchRules.Function(
            concurrency: concurrency,
            memory: memory,
            isExclusivePerTable: isExclusive,
            pausesAllTables: pausesAll
        )
        var big = function
        big.memory = 80
        let gathering = DispatchRules.Gathering(size: size, bytes: bytes, window: window)
        return DispatchMachine(
            rules: DispatchRules(
                functions: ["f": function, "g": function, "big": big],
                triggers: ["f": gathering, "g": gathering, "big": gathering],
                maxProcesses: maxProcesses,
                maxMemory: 100
            ),
            isOnce: isOnce
        )
    }

    private func delivery(
        _ id: Int64,
        _ function: String = "f",
        table: String = "t",
        bytes: Int64 = 1,
        recordedAt: Int64 = 0,
        dueAt: Int64? = nil,
        limit: Int? = nil
    ) -> PendingDelivery {
        PendingDelivery(
            id: id,
            trigger: function,
            function: function,
            event: .created,
            table: table,
            order: Sequencer(rawValue: UInt64(id)),
            bytes: bytes,
            recordedAt: recordedAt,
            dueAt: dueAt,
            batchLimit: limit
        )
    }

    private func starts(_ machine: inout DispatchMachine, at now: Int64 = 0) -> [[Int64]] {
        var starts: [[Int64]] = []
        while let start = machine.next(at: now) { starts.append(start.deliveries.map(\.id)) }
        return starts
    }

    private func begin(
        _ machine: inout DispatchMachine,
        at now: Int64
    ) throws -> DispatchMachine.Start {
        let start = machine.next(at: now)
        return try #require(start)
    }

    @Test("begins with the smallest source sequencer, whatever the function and table")
    func order() {
        var machine = machine()
        machine.add(
            [delivery(4, "g"), delivery(3, table: "u"), delivery(1, "g", table: "u"), delivery(2)],
            at: 0
        )
        #expect(starts(&machine) == [[1], [2], [3], [4]])
    }

    @Test("keeps to the concurrency of a function and to the number of processes")
    func concurrency() throws {
        var machine = machine(concurrency: 2, maxProcesses: 3)
        machine.add((1...9).map { delivery($0, $0 < 5 ? "f" : "g") }, at: 0)
        let first = try begin(&machine, at: 0)
        #expect(starts(&machine) == [[2], [5]])
        machine.ended(first, notNow: false, at: 0)
        #expect(starts(&machine) == [[3]])
    }

    @Test("never lets two runs of an exclusive function work on one table")
    func exclusive() throws {
        var machine = machine(isExclusive: true)
        machine.add([delivery(1), delivery(2), delivery(3, table: "u"), delivery(4, "g")], at: 0)
        let first = try begin(&machine, at: 0)
        #expect(starts(&machine) == [[3], [4]])
        machine.ended(first, notNow: false, at: 0)
        #expect(starts(&machine) == [[2]])
    }

    @Test("starts nothing before an earlier run that does not fit into the memory")
    func memory() throws {
        var machine = machine(memory: 30)
        machine.add([delivery(1), delivery(2, "big"), delivery(3)], at: 0)
        let first = try begin(&machine, at: 0)
        #expect(starts(&machine) == [])
        machine.ended(first, notNow: false, at: 0)
        #expect(starts(&machine) == [[2]])
    }

    @Test("runs alone what is larger than the whole memory")
    func tooLarge() {
        var machine = machine(memory: 1000)
        machine.add([delivery(1), delivery(2)], at: 0)
        #expect(starts(&machine) == [[1]])
    }

    @Test(
        "gathers up to size and bytes, a larger one alone",
        arguments: [
            ([1, 1, 1, 1], 3, [[1, 2, 3], [4]]),
            ([400, 400, 400], 9, [[1, 2], [3]]),
            ([5000, 1, 1], 9, [[1], [2, 3]]),
            ([1, 5000, 1], 9, [[1], [2], [3]]),
        ] as [([Int64], Int, [[Int64]])]
    )
    func gathering(bytes: [Int64], size: Int, batches: [[Int64]]) {
        var machine = machine(size: size)
        machine.add(bytes.enumerated().map { delivery(Int64($0 + 1), bytes: $1) }, at: 0)
        #expect(starts(&machine) == batches)
    }

    @Test("waits for the window unless the batch is full")
    func window() {
        var machine = machine(size: 2, window: 5 * Self.second)
        machine.add([delivery(1, recordedAt: 100)], at: 100)
        #expect(machine.next(at: 200) == nil)
        #expect(machine.nextWake(at: 200) == 100 + 5 * Self.second)
        machine.add([delivery(2, recordedAt: 300), delivery(3, recordedAt: 300)], at: 300)
        #expect(starts(&machine, at: 300) == [[1, 2]])
        #expect(starts(&machine, at: 300 + 5 * Self.second) == [[3]])
    }

    @Test("keeps parts of a failed batch to their limit, and lets others go on")
    func limits() {
        var machine = machine(size: 10)
        machine.add([delivery(1, limit: 2), delivery(2, limit: 2), delivery(3, limit: 2)], at: 0)
        machine.add([delivery(4), delivery(5)], at: 0)
        #expect(starts(&machine) == [[1, 2], [3, 4], [5]])
    }

    @Test("runs a retry when it is due, not before, and behind nothing later")
    func retry() {
        var machine = machine()
        machine.add([delivery(1, dueAt: 10), delivery(2)], at: 0)
        #expect(starts(&machine, at: 0) == [[2]])
        #expect(machine.nextWake(at: 0) == 10)
        #expect(!machine.isIdle)
        machine.add([delivery(3)], at: 5)
        #expect(starts(&machine, at: 10) == [[1], [3]])
    }

    @Test("shortens retries to a second in a single call")
    func hasten() {
        var machine = machine(isOnce: true)
        machine.add([delivery(1, dueAt: 500 * Self.second)], at: 0)
        #expect(machine.nextWake(at: 0) == Self.second)
    }

    @Test("pauses a function for a table after `not now`, and tries with one run, ever later")
    func pause() throws {
        var machine = machine()
        machine.add((1...5).map { delivery($0) } + [delivery(9, table: "u")], at: 0)
        var now: Int64 = 0
        var start = try begin(&machine, at: now)
        machine.ended(start, notNow: true, at: now)
        #expect(machine.next(at: now)?.deliveries.map(\.id) == [9])
        var delays: [Int64] = []
        for _ in 0..<10 {
            let wake = try #require(machine.nextWake(at: now))
            delays.append((wake - now) / Self.second)
            now = wake
            start = try begin(&machine, at: now)
            #expect(start.isProbe)
            #expect(machine.next(at: now) == nil)
            machine.add(start.deliveries, at: now)
            machine.ended(start, notNow: true, at: now)
        }
        #expect(delays == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300])
        now += 300 * Self.second
        start = try begin(&machine, at: now)
        machine.ended(start, notNow: false, at: now)
        #expect(starts(&machine, at: now).count > 1)
    }

    @Test("pauses a function for all tables where they share one file")
    func pauseAll() throws {
        var machine = machine(pausesAll: true)
        machine.add([delivery(1), delivery(2, table: "u"), delivery(3, "g")], at: 0)
        let start = try begin(&machine, at: 0)
        machine.ended(start, notNow: true, at: 0)
        #expect(starts(&machine) == [[3]])
    }

    @Test("gives up after ten seconds of `not now` in a single call")
    func patience() throws {
        var machine = machine(isOnce: true)
        machine.add([delivery(1)], at: 0)
        var now: Int64 = 0
        while let start = machine.next(at: now) {
            machine.add(start.deliveries, at: now)
            machine.ended(start, notNow: true, at: now)
            guard let wake = machine.nextWake(at: now) else { break }
            now = wake
        }
        #expect(now == 10 * Self.second)
        #expect(machine.isIdle)
        #expect(machine.left.notNow == ["f": 1])
    }

    @Test("leaves alone what the configuration does not know any more")
    func foreign() {
        var machine = machine()
        machine.add([delivery(1, "removed")], at: 0)
        #expect(machine.next(at: 0) == nil)
        #expect(machine.isIdle)
        #expect(machine.foreign == 1)
    }

    @Test("takes out what was superseded, and a delivery told twice once")
    func removal() {
        var machine = machine(size: 10)
        machine.add([delivery(1), delivery(2), delivery(3), delivery(2)], at: 0)
        machine.remove([3])
        #expect(starts(&machine) == [[1, 2]])
    }
}
