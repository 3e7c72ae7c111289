import ArgumentParser
import Buckets
import Daemon
import Events
import FoundationEssentials
import Glibc
import Ledger
import Reports
import TableFacts

/// `sluice explain`: the whole story of an object on one page.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell the whole story of a file.",
        discussion: """
            What was made of it, or why nothing was: its versions, what ran on them, where their \
            rows are, what was rejected, and what happens next. Also tells what a manifest, a \
            commit or data file of the lake, or a quarantine file stems from. Ends with 1 if \
            nothing is known of it.
            """
    )

    @Argument(
        help: ArgumentHelp("The object, or the path of its file.", valueName: "BUCKET/KEY")
    )
    var object: String

    @Flag(help: "Tell older versions in full, too.")
    var all = false

    @Flag(help: "Print the facts as JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let config = try common.loadConfig()
        let buckets = try common.existingBuckets()
        let ledger = try buckets.readLedger()
        let now = UTCTime.nowMicroseconds()
        let settings = common.config.flatMap { FilePath.canonical($0) }
        let teller = StoryTeller(
            config: config,
            buckets: buckets,
            sources: StoryTeller.Sources(
                ledger: ledger,
                daemon: DaemonStory(of: buckets),
                tables: { try await Self.facts(of: $0, table: $1, in: buckets, settings) }
            ),
            tellsAll: all,
            at: now
        )
        if let reason = try await ledger?.refusedNames()[object] {
            return explainRefused(reason)
        }
        guard let key = Self.key(object, in: buckets) else {
            throw CommandFailure.usage(
                "\(object) is no object; write BUCKET/KEY, as stage-1/t/a.csv, or the path of a "
                    + "file in \(buckets.path)"
            )
        }
        let story = try await teller.story(of: key)
        if json {
            Console.print(json: try JSONText.encodePretty(story))
        } else {
            let page = StoryPage(story, tellsAll: all, at: now, width: Console.width)
            for line in page.lines { Console.print(line) }
        }
        if !story.isKnown { throw ExitCode.failure }
    }

    /// A name that cannot be a key is known by the way in which `status` writes it.
    private func explainRefused(_ reason: String) {
        Console.print(object)
        Console.print("")
        Console.print("  It is no object, and nothing happens to it: \(reason).")
        Console.print("  Next: rename it; what is there under the new name is noticed.")
    }

    /// The object that a text names: `BUCKET/KEY`, or the path of a file in the buckets.
    static func key(_ text: String, in buckets: BucketsFolder) -> ObjectKey? {
        let isPath = text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../")
        if !isPath, let key = ObjectKey(text), Self.isBucket(key.bucket, in: buckets) { return key }
        // The last part may be a symbolic link, which is to be explained itself.
        let parent = FilePath.canonical(FilePath.parent(of: text))
        let path =
            parent.map { $0 + "/" + FilePath.name(of: text) } ?? CommonOptions.absolute(text)
        if let key = buckets.object(atPath: path) { return key }
        return isPath ? nil : ObjectKey(text)
    }

    private static func isBucket(_ name: String, in buckets: BucketsFolder) -> Bool {
        BucketsFolder.standardBuckets.contains(name)
            || access(buckets.path(ofBucket: name), F_OK) == 0
    }

    // MARK: - Lake and warehouse

    /// Asks `sluice-sql`, which alone opens the tables.
    private static func facts(
        of object: ObjectKey,
        table: String,
        in buckets: BucketsFolder,
        _ settings: String?
    ) async throws -> TableFacts {
        let end = try await ProgramEnd(
            of: CommonOptions.programs + "/sluice-sql",
            arguments: ["object", "--table", table, "--buckets", buckets.path]
                + (settings.map { ["--config", $0] } ?? []) + ["--", object.description]
        )
        guard end.code == 0 else { throw Unanswered(description: PlainText.line(end.errors)) }
        return try JSONDecoder().decode(TableFacts.self, from: Data(end.output))
    }

    /// Why lake and warehouse told nothing.
    private struct Unanswered: Error, CustomStringConvertible {
        let description: String
    }
}

extension DaemonStory {
    /// The `sluice up` that runs on these buckets; nil when none does.
    init?(of buckets: BucketsFolder) {
        guard let pid = BucketsLock.holder(of: buckets) else { return nil }
        self.init(pid: pid, since: BucketsLock.heldSince(of: buckets).map(Moment.init))
    }
}
