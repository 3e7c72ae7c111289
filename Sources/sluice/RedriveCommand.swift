import ArgumentParser
import Buckets
import Daemon
import Events
import FunctionConfig
import Glibc
import Ledger

/// `sluice redrive`: gives dead letters another life.
struct RedriveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Queue dead letters again, those of one function or all."
    )

    @Argument(help: ArgumentHelp("Only this function's.", valueName: "FUNCTION"))
    var function: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let buckets = try common.existingBuckets()
        if let function, try common.loadConfig().function(named: function) == nil {
            throw CommandFailure.usage("there is no function \(function) in the settings")
        }
        var count = 0
        if access(buckets.ledgerPath, R_OK) == 0 {
            let ledger = try Ledger(path: buckets.ledgerPath)
            count = try await ledger.redrive(function: function, at: UTCTime.nowMicroseconds())
            try ledger.close()
            await ControlClient(buckets).reload()
        }
        let waits = count > 0 && BucketsLock.holder(of: buckets) == nil
        Console.print(
            "\(count) queued again" + (waits ? "; `sluice up` will run them" : "")
        )
    }
}
