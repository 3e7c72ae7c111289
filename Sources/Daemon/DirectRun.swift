import Buckets
import Events
import FoundationEssentials
import FunctionConfig
import Invocation
import Ledger

/// A run by hand where no daemon runs: in this process, under the lock that a daemon would hold.
public struct DirectRun: Sendable {
    private let options: DaemonOptions

    /// Makes a run of the functions in `options`.
    public init(_ options: DaemonOptions) { self.options = options }

    /// Runs a function to its end and keeps the run in the ledger.
    ///
    /// It takes the lock and puts right what a daemon that died has left. When `stop` brings
    /// something the handler is ended, which is an end like others.
    ///
    /// - Parameters:
    ///   - request: The function and its event.
    ///   - stop: What ends the run early.
    ///   - began: Told of the run's log before the handler starts.
    /// - Returns: How it ended.
    /// - Throws: `DaemonError.inUse` when a daemon or another run by hand has the lock; what
    ///   `BucketsFolder` and `Ledger` throw.
    public func perform(
        _ request: InvokeRequest,
        until stop: AsyncStream<Void>,
        began: (String) -> Void
    ) async throws -> InvokeEnd {
        let run = try HandRun(request, options.config)
        try options.buckets.prepare()
        let lock = try BucketsLock(options.buckets, isByHand: true)
        let ledger = try Ledger(path: options.buckets.ledgerPath)
        let recovery = Recovery(buckets: options.buckets, ledger: ledger, logger: options.logger)
        try await recovery.perform()
        let invoker = Invoker(
            config: options.config,
            buckets: options.buckets.path,
            programs: options.programs,
            surroundings: options.environment
        )
        let requestID = UUID().uuidString.lowercased()
        let start = UTCTime.nowMicroseconds()
        let path = invoker.logPath(
            function: run.function.name,
            requestID: requestID,
            startedAt: start
        )
        let new = run.run(requestID, logPath: path)
        try await ledger.beginByHand(new, objects: run.objects, at: start)
        invoker.makeLog(path)
        began(path)
        let report = await invoker.invoke(run, requestID: requestID, until: stop)
        try? FilePath.removeTree(options.buckets.scratchFolder + "/" + requestID)
        _ = try await ledger.settle(run.end(report), at: UTCTime.nowMicroseconds())
        try ledger.close()
        _ = consume lock
        return InvokeEnd(report)
    }
}
