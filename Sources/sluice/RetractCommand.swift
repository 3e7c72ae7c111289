import ArgumentParser
import Buckets
import Daemon
import Events
import FunctionConfig
import Glibc
import Ledger

/// `sluice retract`: takes the rows of files out of their tables.
struct RetractCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retract",
        abstract: "Take the rows of files out of lake and warehouse.",
        discussion: """
            The files may still be in their bucket, where they stay, or be gone. What their rows had \
            replaced comes back. A file that is dropped again is loaded again.
            """
    )

    @Argument(help: ArgumentHelp("Files.", valueName: "BUCKET/KEY"))
    var objects: [String]

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let buckets = try common.existingBuckets()
        let config = try common.loadConfig()
        let keys = try objects.map { try named($0, config) }
        guard access(buckets.ledgerPath, R_OK) == 0 else {
            throw CommandFailure.failed("nothing was ever dropped into \(buckets.path)")
        }
        let ledger = try Ledger(path: buckets.ledgerPath)
        let unknown = try await ledger.retract(keys, at: UTCTime.nowMicroseconds())
        try ledger.close()
        await ControlClient(buckets).reload()
        let count = keys.count - unknown.count
        let waits = count > 0 && BucketsLock.holder(of: buckets) == nil
        Console.print(
            "\(count) queued to be taken out" + (waits ? "; `sluice up` will do it" : "")
        )
        guard unknown.isEmpty else {
            let names = unknown.map(\.description).joined(separator: ", ")
            throw CommandFailure.failed(
                "nothing is known of \(names); `sluice status` and `sluice explain` tell of files"
            )
        }
    }

    private func named(
        _ name: String,
        _ config: FunctionConfig
    ) throws -> (key: ObjectKey, plans: [DeliveryPlan]) {
        guard let key = ObjectKey(name) else {
            throw CommandFailure.usage("\(name) is no object; write BUCKET/KEY, as stage-1/t/a.csv")
        }
        let triggers = config.splittingTriggers(for: key)
        guard !triggers.isEmpty else {
            throw CommandFailure.usage(
                "\(key) makes no rows: no trigger of `split` takes it; name the dropped file"
            )
        }
        return (
            key,
            triggers.map {
                DeliveryPlan(trigger: $0.id, function: $0.function, retracts: true)
            }
        )
    }
}
