import Buckets
import Daemon
import FoundationEssentials
import FunctionConfig
import Glibc
import Logging
import Synchronization
import UnixSignals

/// A run that a person asks for: the daemon makes it, or this process where none runs.
struct RunByHand {
    let config: FunctionConfig
    let buckets: BucketsFolder
    /// Whether the run's log is printed to standard error while it is written.
    var showsLog = false

    /// Makes the run.
    ///
    /// - Returns: What the handler answered, as text.
    /// - Throws: `CommandFailure` when the run failed or could not be made.
    func answer(to request: InvokeRequest) async throws -> String {
        let follower = AskedLog(isWanted: showsLog)
        let end = try await perform(request, follower)
        await follower.end()
        if let output = end.output { return output }
        throw CommandFailure.failed(
            "\(request.function) failed: \(end.errorType ?? "Interrupted"): "
                + (end.errorMessage ?? "it was ended")
                + (end.logPath.map { "; its log: \($0)" } ?? "")
        )
    }

    /// Lets the daemon make the run, or makes it where none runs.
    private func perform(
        _ request: InvokeRequest,
        _ follower: AskedLog
    ) async throws -> InvokeEnd {
        var isWaiting = false
        while true {
            let answer = await ControlClient(buckets).invoke(request, config) { answer in
                switch answer {
                case .accepted(isOutdated: true):
                    Console.explain(
                        "warning: the settings have changed since `sluice up` read them; it uses "
                            + "the former ones"
                    )
                case .started(_, let path): follower.begin(path)
                default: break
                }
            }
            switch answer {
            case .ended(let end): return end
            case .refused(let reason): throw CommandFailure.failed(reason)
            case .accepted, .started, .done, .figures:
                throw CommandFailure.failed(
                    "`sluice up` has ended before the run did: its next start ends what is left of "
                        + "it; call `sluice invoke` again"
                )
            // Nothing has begun.
            case .ending, nil: break
            }
            do {
                return try await performDirectly(request, follower)
            } catch DaemonError.inUse(let process, _) {
                // A daemon that does not listen yet or no more, or another run by hand.
                guard !isWaiting else { continue }
                isWaiting = true
                let who = process.map { "process \($0)" } ?? "another process"
                Console.explain("waiting for \(who), which works on these buckets; Ctrl-C ends it")
            }
        }
    }

    private func performDirectly(
        _ request: InvokeRequest,
        _ follower: AskedLog
    ) async throws -> InvokeEnd {
        let run = DirectRun(
            DaemonOptions(
                config: config,
                buckets: buckets,
                programs: CommonOptions.programs,
                environment: ProcessInfo.processInfo.environment,
                logger: Logger(label: "sluice") { _ in ConsoleLog() }
            )
        )
        let (stop, stopping) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
                    stopping.yield()
                }
            }
            defer { tasks.cancelAll() }
            return try await run.perform(request, until: stop) { follower.begin($0) }
        }
    }
}

/// Follows the log of a run once it has one, if that is wanted.
private final class AskedLog: Sendable {
    private let isWanted: Bool
    private let tail = Mutex<LogTail?>(nil)

    init(isWanted: Bool) { self.isWanted = isWanted }

    func begin(_ path: String) {
        guard isWanted else { return }
        tail.withLock { $0 = LogTail(path: path) }
    }

    func end() async { await tail.withLock { $0 }?.end() }
}
