import ArgumentParser
import Buckets
import Daemon
import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import Ledger

/// `sluice replay`: lets functions run again on objects that they are done with.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Let functions run again on objects, and make their tables anew.",
        discussion: """
            For example after a change of `transform` or `columns`: \
            sluice replay --prefix stage-1/orders/ --function crawl
            """
    )

    @Option(
        help: ArgumentHelp(
            "The objects: a bucket, and what their keys begin with.",
            valueName: "BUCKET/PREFIX"
        )
    )
    var prefix: String

    @Option(
        help: ArgumentHelp(
            "Only objects recorded since: a day or a time in UTC, as 2026-03-01 or "
                + "2026-03-01T12:00:00Z.",
            valueName: "TIME"
        )
    )
    var since: String?

    @Option(
        help: ArgumentHelp(
            "The function to begin with; otherwise those that got the objects themselves.",
            valueName: "FUNCTION"
        )
    )
    var function: String?

    @Flag(help: "Only tell what would run.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let buckets = try common.existingBuckets()
        let config = try common.loadConfig()
        if let function, config.function(named: function) == nil {
            throw CommandFailure.usage("there is no function \(function) in the settings")
        }
        let range = try range()
        guard access(buckets.ledgerPath, R_OK) == 0 else {
            throw CommandFailure.failed("nothing was ever dropped into \(buckets.path)")
        }
        let ledger = try Ledger(path: buckets.ledgerPath)
        let replayed =
            dryRun
            ? try await ledger.replayable(range)
            : try await ledger.replay(range, at: UTCTime.nowMicroseconds())
        try ledger.close()
        if !dryRun { await ControlClient(buckets).reload() }
        try tell(replayed, waits: BucketsLock.holder(of: buckets) == nil)
    }

    private func range() throws -> ReplayRange {
        let slash = prefix.firstIndex(of: "/") ?? prefix.endIndex
        let bucket = String(prefix[..<slash])
        guard !bucket.isEmpty else {
            throw CommandFailure.usage(
                "--prefix names no bucket; write BUCKET/PREFIX, as stage-1/t/"
            )
        }
        return ReplayRange(
            bucket: bucket,
            prefix: String(prefix[slash...].dropFirst()),
            since: try since.map(microseconds),
            function: function
        )
    }

    private func microseconds(_ text: String) throws -> Int64 {
        let time = text.contains("T") ? text : text + "T00:00:00Z"
        guard let date = try? Date(time, strategy: .iso8601) else {
            throw CommandFailure.usage(
                "--since \(text) is no time; write 2026-03-01 or 2026-03-01T12:00:00Z, in UTC"
            )
        }
        return Int64(date.timeIntervalSince1970 * 1_000_000)
    }

    private func tell(_ replayed: [ReplayedFunction], waits: Bool) throws {
        guard !json else {
            let all = replayed.map { part -> JSONValue in
                [
                    "function": .string(part.function), "table": .string(part.table),
                    "objects": .integer(Int64(part.objects)),
                ]
            }
            let answer: JSONValue = ["dryRun": .bool(dryRun), "replayed": .array(all)]
            Console.print(json: try JSONText.encodePretty(answer))
            return
        }
        for part in replayed {
            Console.print("\(part.function) \(part.table): \(part.objects)")
        }
        let count = replayed.reduce(0) { $0 + $1.objects }
        let what = dryRun ? "would be queued again" : "queued again"
        Console.print(
            "\(count) \(what)"
                + (count > 0 && !dryRun && waits ? "; `sluice up` will run them" : "")
        )
    }
}
