import Buckets
import Events
import FunctionConfig
import Glibc
import Invocation
import Ledger
import Logging

/// Makes up for a ledger that is new, perhaps because the former one was lost.
///
/// For the holder of the ``BucketsLock`` only.
struct NewLedger {
    let options: DaemonOptions
    let ledger: Ledger

    /// Ends what the former ledger's daemon has left running, and begins above every sequencer that
    /// stage-2, the lake and the load history name.
    ///
    /// - Throws: `DaemonError.historyUnknown` when there was work before and the load history cannot
    ///   be read.
    func prepare() async throws {
        await OrphanedRuns.endAll(buckets: options.buckets.path)
        let found = await WorkThread(name: "sluice.floor").perform { [options] in
            SequencerFloor(options.buckets).find()
        }
        let hadWork = found.rawValue > 0
        let floor = max(found, try await historyFloor(isNeeded: hadWork))
        guard floor.rawValue > 0 else { return }
        options.logger.warning(
            """
            the ledger is new and the buckets are not: every file is recorded anew; where the ledger \
            was lost, stop and call `sluice rebuild`, which keeps what is done
            """
        )
        try await ledger.raiseSequencer(above: floor)
    }

    /// The greatest sequencer of the load history; 0 where there is none.
    private func historyFloor(isNeeded: Bool) async throws -> Sequencer {
        guard hasWarehouse else { return Sequencer(rawValue: 0) }
        let config = options.config
        var arguments = ["floor", "--buckets", options.buckets.path]
        if config.hasFile { arguments += ["--config", config.path] }
        let problem: String
        do {
            let program = options.programs + "/sluice-sql"
            let answer = try await ProgramAnswer.ask(program, arguments)
            let number = UInt64(answer.output.filter { !$0.isWhitespace })
            if answer.isSuccess, let number { return Sequencer(rawValue: number) }
            problem = answer.errors.split(separator: "\n").joined(separator: " ")
        } catch {
            problem = "\(error)"
        }
        let unknown = DaemonError.historyUnknown(warehouse: "\(config.warehouse)", problem: problem)
        guard isNeeded else {
            options.logger.warning("\(unknown)")
            return Sequencer(rawValue: 0)
        }
        throw unknown
    }

    private var hasWarehouse: Bool {
        guard options.config.hasWarehouse else { return false }
        if case .duckDB(let path) = options.config.warehouse { return access(path, F_OK) == 0 }
        return true
    }
}
