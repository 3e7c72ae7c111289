import Testing

@testable import Invocation

@Suite("The watch over a run")
struct RunMachineTests {
    private let start = ContinuousClock().now

    private func machine() -> RunMachine<ContinuousClock.Instant> {
        RunMachine(startedAt: start, timeout: .seconds(10), memoryLimit: 100, grace: .seconds(2))
    }

    private func tick(
        _ machine: inout RunMachine<ContinuousClock.Instant>,
        _ seconds: Int,
        memory: Int64 = 0
    ) -> RunMachine<ContinuousClock.Instant>.Action {
        machine.tick(at: start.advanced(by: .seconds(seconds)), memory: memory)
    }

    @Test("asks at the deadline, insists after the grace, and does each once")
    func deadline() {
        var machine = machine()
        let actions = [9, 10, 11, 12, 13].map { tick(&machine, $0) }
        #expect(actions == [.none, .terminate, .none, .kill, .none])
        #expect(machine.verdict == .timeout)
    }

    @Test("kills at once above the memory limit, and keeps the peak")
    func memory() {
        var machine = machine()
        #expect(tick(&machine, 1, memory: 100) == .none)
        #expect(tick(&machine, 2, memory: 101) == .kill)
        #expect(tick(&machine, 3, memory: 5) == .none)
        #expect(machine.verdict == .memory)
        #expect(machine.peakMemory == 101)
    }

    @Test("keeps the first reason")
    func first() {
        var machine = machine()
        #expect(tick(&machine, 10) == .terminate)
        #expect(machine.outputExceeded() == .none)
        #expect(tick(&machine, 11, memory: 1000) == .kill)
        #expect(machine.verdict == .timeout)
    }
}
