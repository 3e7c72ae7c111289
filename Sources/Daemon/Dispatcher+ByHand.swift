import Buckets
import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import Invocation
import Ledger
import Synchronization

/// A run by hand, and the process that waits for it.
struct AskedRun: Sendable {
    let run: HandRun
    let connection: ControlConnection
    /// Rung when that process has gone: the run ends with it.
    let left = Doorbell()
}

extension Dispatcher {
    /// Takes up what happens on the control socket.
    func take(_ event: ControlEvent) {
        switch event {
        case .asked(let request, let connection): answer(request, connection)
        case .left(let id):
            if machine.removeByHand(id) {
                askedRuns[id] = nil
            } else {
                askedRuns[id]?.left.ring()
            }
        }
    }

    /// Begins no run by hand any more, and lets go of those who wait for one.
    func endRunsByHand() {
        takesRunsByHand = false
        for waiting in machine.byHand where machine.removeByHand(waiting.id) {
            askedRuns[waiting.id]?.connection.send(.ending, isLast: true)
            askedRuns[waiting.id] = nil
        }
    }

    private func answer(_ request: ControlRequest, _ connection: ControlConnection) {
        switch request.request {
        case .reload:
            reload()
            connection.send(.done, isLast: true)
        case .status:
            let figures = ControlFigures(
                process: getpid(),
                versions: tally.summary.versions,
                runs: tally.summary.runs,
                running: machine.runningCount,
                pending: machine.pendingCount,
                byHand: machine.byHand.count
            )
            connection.send(.figures(figures), isLast: true)
        case .invoke where !takesRunsByHand: connection.send(.ending, isLast: true)
        case .invoke:
            do {
                try accept(request, connection)
            } catch {
                connection.send(.refused(error.reason), isLast: true)
            }
        }
    }

    private func accept(
        _ request: ControlRequest,
        _ connection: ControlConnection
    ) throws(ControlRefusal) {
        guard let function = request.function, let event = request.event else {
            throw ControlRefusal(reason: "a run by hand needs `function` and `event`")
        }
        if let config = request.config, config != options.config.filePath {
            let names = [options.config.filePath, config].map { $0.isEmpty ? "no settings" : $0 }
            throw ControlRefusal(
                reason: "`sluice up` runs with \(names[0]), and this call has \(names[1]): name "
                    + "the same file with --config, or stop `sluice up` first"
            )
        }
        let run = try HandRun(InvokeRequest(function: function, event: event), options.config)
        let isOutdated = ConfigStamp(path: options.config.path) != readStamp
        connection.send(.accepted(isOutdated: isOutdated), isLast: false)
        askedRuns[connection.id] = AskedRun(run: run, connection: connection)
        machine.add(.init(id: connection.id, function: function, tables: run.tables))
        doorbell.ring()
    }

    /// Performs a run by hand and tells its asker.
    func performByHand(_ turn: DispatchMachine.ByHand) async throws {
        let requestID = UUID().uuidString.lowercased()
        defer {
            machine.ended(turn)
            tally.ended(requestID)
            askedRuns[turn.id] = nil
            doorbell.ring()
        }
        guard let asked = askedRuns[turn.id] else { return }
        let run = asked.run
        let began = UTCTime.nowMicroseconds()
        let path = invoker.logPath(
            function: run.function.name,
            requestID: requestID,
            startedAt: began
        )
        let start = run.run(requestID, logPath: path)
        try await persistence.keep { [ledger] in
            try await ledger.beginByHand(start, objects: run.objects, at: began)
        }
        tally.began(start, items: run.objects.count, at: began)
        invoker.makeLog(path)
        asked.connection.send(.started(requestID: requestID, logPath: path), isLast: false)
        let writes = options.config.writes(of: run.function)
        hops.withLock { $0.began(requestID, writes: writes, hop: 0, at: began) }
        let report = await invoker.invoke(run, requestID: requestID, until: asked.left.rings)
        let now = UTCTime.nowMicroseconds()
        hops.withLock { $0.ended(requestID, at: now) }
        try? FilePath.removeTree(options.buckets.scratchFolder + "/" + requestID)
        // A task that was cancelled cannot write; whoever starts next ends the run.
        if !Task.isCancelled {
            _ = try await persistence.keep { [ledger] in
                try await ledger.settle(run.end(report), at: now)
            }
        }
        asked.connection.send(.ended(InvokeEnd(report)), isLast: true)
    }
}
