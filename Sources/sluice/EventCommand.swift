import ArgumentParser
import Buckets
import Events
import FoundationEssentials
import FunctionConfig

/// `sluice event`: the event that a bucket trigger would send, to pipe into a handler.
struct EventCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event",
        abstract: "Print the S3 event for objects, to run a handler by hand.",
        discussion: "For example: sluice event put stage-1/users/a.csv | split",
        subcommands: [Put.self, Delete.self]
    )

    /// `sluice event put`.
    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "put",
            abstract: "Print the event of objects that are there."
        )
        @OptionGroup var options: Objects

        @Option(
            help: ArgumentHelp(
                "The first object's sequencer, 16 hexadecimal digits, for a version that is known.",
                valueName: "DIGITS"
            )
        )
        var sequencer: String?

        func run() throws {
            guard let sequencer else { return try options.print(removed: false) }
            guard let number = Sequencer(sequencer) else {
                throw CommandFailure.usage(
                    "\(sequencer) is no sequencer: give 16 hexadecimal digits"
                )
            }
            try options.print(removed: false, from: number)
        }
    }

    /// `sluice event delete`.
    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Print the event of objects that were deleted."
        )
        @OptionGroup var options: Objects
        func run() throws { try options.print(removed: true) }
    }

    /// The objects, and where they are.
    struct Objects: ParsableArguments {
        @Argument(help: ArgumentHelp("Objects.", valueName: "BUCKET/KEY"))
        var objects: [String]

        @OptionGroup var common: CommonOptions

        func print(removed: Bool, from first: Sequencer? = nil) throws {
            let event = try S3Event(
                of: objects,
                removed: removed,
                from: first,
                buckets: common.existingBuckets(),
                config: common.loadConfig()
            )
            Console.print(json: try JSONText.encodePretty(event))
        }
    }
}

extension S3Event {
    /// The event that somebody makes by hand for objects named `bucket/key`.
    ///
    /// Their sequencers begin with the one given, or come from the clock, in the order given.
    init(
        of names: [String],
        removed: Bool,
        from first: Sequencer? = nil,
        buckets: BucketsFolder,
        config: FunctionConfig
    ) throws {
        let now = UTCTime.nowMicroseconds()
        let requestID = UUID().uuidString.lowercased()
        let records = try names.enumerated().map { index, name in
            let version = try Self.version(
                named: name,
                removed: removed,
                sequencer: Sequencer(
                    rawValue: (first?.rawValue ?? UInt64(now)) + UInt64(index)
                ),
                buckets: buckets
            )
            let eventName = removed ? "ObjectRemoved:Delete" : "ObjectCreated:Put"
            let trigger = config.triggers(for: version.objectKey, eventName: eventName).first
            return S3Record(
                version: version,
                removed: removed,
                trigger: trigger?.id ?? "by-hand",
                table: config.table(of: version.objectKey),
                localPath: buckets.path(of: version.objectKey),
                eventTime: UTCTime.iso8601(microseconds: now),
                requestID: requestID
            )
        }
        self.init(records: records)
    }

    private static func version(
        named name: String,
        removed: Bool,
        sequencer: Sequencer,
        buckets: BucketsFolder
    ) throws -> ObjectVersion {
        guard let object = ObjectKey(name) else {
            throw CommandFailure.usage("\(name) is no object; write BUCKET/KEY, as stage-1/t/a.csv")
        }
        var content = (eTag: "", size: Int64(0))
        if !removed {
            do {
                content = try ContentDigest.eTag(ofFile: buckets.path(of: object))
            } catch {
                throw CommandFailure.failed("\(error.description); is \(object) the right name?")
            }
        }
        return ObjectVersion(
            bucket: object.bucket,
            key: object.key,
            size: content.size,
            eTag: content.eTag,
            sequencer: sequencer
        )
    }
}
