import ArgumentParser
import Daemon
import Events
import Glibc
import Ledger

/// `sluice purge`: forgets dead letters.
struct PurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Forget dead letters, those of one function, of objects, or all.",
        discussion: """
            What failed is not tried again by `sluice redrive`, and no longer counted by `sluice \
            status`. Files stay where they are, and `sluice explain` keeps the story. A newer \
            version of the file is handled as ever.
            """
    )

    @OptionGroup var letters: DeadLetterArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let buckets = try common.existingBuckets()
        let isThere = access(buckets.ledgerPath, R_OK) == 0
        let ledger = isThere ? try Ledger(path: buckets.ledgerPath) : nil
        try await letters.check(common, ledger)
        var gone: [DeadLetter] = []
        if let ledger {
            gone = try await ledger.purgeDeadLetters(
                function: letters.function,
                of: letters.objects,
                at: UTCTime.nowMicroseconds()
            )
            try ledger.close()
        }
        for letter in gone {
            let name = (letter.source ?? letter.object)?.objectKey.description ?? letter.trigger
            Console.print("\(name): \(letter.function): \(letter.errorType)")
        }
        Console.print("\(gone.count) forgotten")
    }
}
