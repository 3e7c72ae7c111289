import Events
import Ledger
import Testing

@testable import Daemon

@Suite("Dispatch of runs by hand and of schedules")
struct DispatchByHandTests {
    private func machine(
        concurrency: Int = 10,
        memory: Int = 10,
        isExclusive: Bool = false,
        maxProcesses: Int = 10
    ) -> DispatchMachine {
        let function = DispatchRules.Function(
            concurrency: concurrency,
            memory: memory,
            isExclusivePerTable: isExclusive,
            pausesAllTables: false
        )
        let gathering = DispatchRules.Gathering(size: 1, bytes: 1000, window: 0)
        return DispatchMachine(
            rules: DispatchRules(
                functions: ["f": function, "g": function],
                triggers: ["f": gathering, "g": gathering],
                maxProcesses: maxProcesses,
                maxMemory: 100
            )
        )
    }

    private func delivery(
        _ id: Int64,
        _ function: String = "f",
        table: String = "t",
        event: DeliveryEvent = .created
    ) -> PendingDelivery {
        PendingDelivery(
            id: id,
            trigger: function,
            function: function,
            event: event,
            table: table,
            order: Sequencer(rawValue: UInt64(id)),
            bytes: 1,
            recordedAt: 0
        )
    }

    private func byHand(
        _ id: UInt64,
        _ function: String = "f",
        tables: Set<String> = ["t"]
    ) -> DispatchMachine.ByHand {
        DispatchMachine.ByHand(id: id, function: function, tables: tables)
    }

    @Test("begins a run by hand before what is queued")
    func first() {
        var machine = machine(maxProcesses: 1)
        machine.add([delivery(1)], at: 0)
        machine.add(byHand(7))
        #expect(!machine.isIdle)
        #expect(machine.next(at: 0) == nil)
        #expect(machine.nextByHand()?.id == 7)
        #expect(machine.nextByHand() == nil)
        #expect(machine.next(at: 0) == nil)
        machine.ended(byHand(7))
        #expect(machine.next(at: 0)?.deliveries.map(\.id) == [1])
    }

    @Test("keeps runs of one function for one table apart, whoever asks for them")
    func exclusive() throws {
        var machine = machine(isExclusive: true)
        machine.add([delivery(1), delivery(2, table: "u")], at: 0)
        let next = machine.next(at: 0)
        let running = try #require(next)
        machine.add(byHand(7, tables: ["t", "v"]))
        machine.add(byHand(8, "g"))
        machine.add(byHand(9, tables: ["w"]))
        #expect(machine.nextByHand()?.id == 8)
        #expect(machine.nextByHand()?.id == 9)
        #expect(machine.nextByHand() == nil)
        // Waiting for a table holds up no other.
        #expect(machine.next(at: 0)?.deliveries.map(\.id) == [2])
        machine.ended(running, notNow: false, at: 0)
        machine.add([delivery(3)], at: 0)
        #expect(machine.nextByHand()?.id == 7)
        #expect(machine.next(at: 0) == nil)
        machine.ended(byHand(7, tables: ["t", "v"]))
        #expect(machine.next(at: 0)?.deliveries.map(\.id) == [3])
    }

    @Test("lets nothing begin before a run by hand that waits for memory")
    func memory() throws {
        var machine = machine(memory: 60)
        machine.add([delivery(1), delivery(2, "g")], at: 0)
        let next = machine.next(at: 0)
        let running = try #require(next)
        machine.add(byHand(7))
        #expect(machine.nextByHand() == nil)
        #expect(machine.next(at: 0) == nil)
        machine.ended(running, notNow: false, at: 0)
        #expect(machine.next(at: 0) == nil)
        #expect(machine.nextByHand()?.id == 7)
    }

    @Test("keeps to the concurrency, and runs a paused function once at a time")
    func concurrency() {
        var paused = machine(concurrency: 0)
        paused.add([delivery(1)], at: 0)
        paused.add(byHand(7))
        paused.add(byHand(8))
        #expect(paused.nextByHand()?.id == 7)
        #expect(paused.nextByHand() == nil)
        #expect(paused.next(at: 0) == nil)
        paused.ended(byHand(7))
        #expect(paused.nextByHand()?.id == 8)
    }

    @Test("runs by hand what answered not now, and leaves the pause as it is")
    func pause() throws {
        var machine = machine()
        machine.add([delivery(1)], at: 0)
        let next = machine.next(at: 0)
        machine.ended(try #require(next), notNow: true, at: 0)
        machine.add([delivery(2)], at: 0)
        machine.add(byHand(7))
        #expect(machine.nextByHand()?.id == 7)
        machine.ended(byHand(7))
        #expect(machine.next(at: 0) == nil)
        #expect(machine.nextWake(at: 0) == 1_000_000)
    }

    @Test("forgets a run by hand that nobody waits for")
    func withdrawn() {
        var machine = machine()
        machine.add(byHand(7))
        let removals = [machine.removeByHand(7), machine.removeByHand(7)]
        #expect(removals == [true, false])
        #expect(machine.nextByHand() == nil)
        #expect(machine.isIdle)
    }

    @Test("runs one time of a schedule after the other, and keeps the newest waiting")
    func schedules() throws {
        var machine = machine()
        machine.add([delivery(1, table: "", event: .scheduled)], at: 0)
        let next = machine.next(at: 0)
        let running = try #require(next)
        machine.add([delivery(2, table: "", event: .scheduled)], at: 0)
        #expect(machine.next(at: 0) == nil)
        machine.add([delivery(3, table: "", event: .scheduled)], at: 0)
        machine.add([delivery(4)], at: 0)
        #expect(machine.pendingCount == 2)
        #expect(machine.next(at: 0)?.deliveries.map(\.id) == [4])
        machine.ended(running, notNow: false, at: 0)
        #expect(machine.next(at: 0)?.deliveries.map(\.id) == [3])
    }
}
