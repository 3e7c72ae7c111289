import Glibc
import Subprocess

/// Watches over a running handler: collects its answer, samples its memory, ends it when due.
struct HandlerWatch {
    struct Outcome: Sendable {
        var output: [UInt8]
        var verdict: RunMachine<ContinuousClock.Instant>.Verdict?
        var peakMemory: Int64
        var wasCancelled: Bool
    }

    private enum Wake: Sendable {
        case output([UInt8], isTooLong: Bool)
        case tick
    }

    private static let firstInterval = Duration.milliseconds(4)
    private static let longestInterval = Duration.milliseconds(128)

    private let group: ProcessGroup
    private var machine: RunMachine<ContinuousClock.Instant>
    private let clock = ContinuousClock()

    init(group: ProcessGroup, machine: RunMachine<ContinuousClock.Instant>) {
        self.group = group
        self.machine = machine
    }

    /// Returns when the handler has ended, or at once when the task is cancelled.
    ///
    /// Whoever is left of its group is killed before the leader's number can be given out again.
    mutating func untilEnd(output: SubprocessOutputSequence) async -> Outcome {
        var interval = Self.firstInterval
        var sleepers = 1
        var collected: [UInt8]?
        perform(machine.tick(at: clock.now, memory: group.leaderMemory))
        await withTaskGroup(of: Wake.self) { tasks in
            tasks.addTask { await Self.collect(output) }
            tasks.addTask { await Self.sleep(Self.firstInterval) }
            while let wake = await tasks.next() {
                switch wake {
                case .output(let bytes, let isTooLong):
                    collected = bytes
                    if isTooLong { perform(machine.outputExceeded()) }
                    // The end of the answer mostly means the end of the handler.
                    interval = .milliseconds(1)
                case .tick:
                    sleepers -= 1
                    let isLong = interval == Self.longestInterval
                    let memory = isLong ? group.memory : group.leaderMemory
                    perform(machine.tick(at: clock.now, memory: memory))
                    interval = min(interval * 2, Self.longestInterval)
                }
                if Task.isCancelled { break }
                if group.hasEnded {
                    group.send(SIGKILL)
                    if collected != nil { break }
                }
                if sleepers == 0 || interval == .milliseconds(1) {
                    let duration = interval
                    sleepers += 1
                    tasks.addTask { await Self.sleep(duration) }
                }
            }
            tasks.cancelAll()
        }
        return Outcome(
            output: collected ?? [],
            verdict: machine.verdict,
            peakMemory: machine.peakMemory,
            wasCancelled: Task.isCancelled
        )
    }

    private func perform(_ action: RunMachine<ContinuousClock.Instant>.Action) {
        switch action {
        case .none: break
        case .terminate: group.send(SIGTERM)
        case .kill: group.send(SIGKILL)
        }
    }

    private static func sleep(_ interval: Duration) async -> Wake {
        try? await Task.sleep(for: interval)
        return .tick
    }

    /// Reads the answer to its end, or until it is longer than it may be.
    private static func collect(_ output: SubprocessOutputSequence) async -> Wake {
        var bytes: [UInt8] = []
        do {
            for try await buffer in output {
                buffer.withUnsafeBytes { bytes.append(contentsOf: $0) }
                if bytes.count > HandlerRun.outputLimit { return .output(bytes, isTooLong: true) }
            }
        } catch {
            // The handler ended while somebody else kept its output open: what is there counts.
        }
        return .output(bytes, isTooLong: false)
    }
}
