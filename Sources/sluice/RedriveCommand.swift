import ArgumentParser
import Buckets
import Daemon
import Events
import Glibc
import Ledger

/// `sluice redrive`: gives dead letters another life.
struct RedriveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Queue dead letters again, those of one function, of objects, or all."
    )

    @OptionGroup var letters: DeadLetterArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let buckets = try common.existingBuckets()
        let isThere = access(buckets.ledgerPath, R_OK) == 0
        let ledger = isThere ? try Ledger(path: buckets.ledgerPath) : nil
        try await letters.check(common, ledger)
        var count = 0
        if let ledger {
            count = try await ledger.redrive(
                function: letters.function,
                of: letters.objects,
                at: UTCTime.nowMicroseconds()
            )
            try ledger.close()
            await ControlClient(buckets).reload()
        }
        let waits = count > 0 && BucketsLock.holder(of: buckets) == nil
        Console.print(
            "\(count) queued again" + (waits ? "; `sluice up` will run them" : "")
        )
    }
}
