/// What makes a function run.
public struct Trigger: Sendable, Equatable {
    /// The trigger's name, unique in the file.
    public var id: String
    /// The function that runs.
    public var function: String
    /// What it waits for.
    public var source: Source
    /// How events are gathered into one run.
    public var batch: Batch

    /// Puts a trigger together.
    public init(id: String, function: String, source: Source, batch: Batch) {
        self.id = id
        self.function = function
        self.source = source
        self.batch = batch
    }

    /// What a trigger can wait for.
    public enum Source: Sendable, Equatable {
        /// Objects of a bucket.
        case bucket(BucketSource)
        /// The end of a crawler's run: the function's name and the states, `Succeeded` or `Failed`.
        case crawler(function: String, states: [String])
        /// A time.
        case schedule(Schedule)
        /// The end of another function's event, which sends its record here; no trigger of the file
        /// has it, see ``FunctionConfig/destinationTriggers``.
        case destination(of: String, EventEnd)
    }

    /// Objects of a bucket, as S3's notification filters choose them.
    public struct BucketSource: Sendable, Equatable {
        /// The bucket.
        public var bucket: String
        /// Event types with the prefix `s3:`; `*` stands for every name behind its colon.
        public var events: [String] = ["s3:ObjectCreated:*"]
        /// What the key begins with.
        public var prefix: String = ""
        /// What the key ends with.
        public var suffix: String = ""
        /// The tables whose objects count; nil for all.
        public var tables: [String]?
        /// The setting of `tablesWith` from which `tables` comes; nil when there is none.
        public var tablesWith: String?

        /// All new objects of a bucket.
        public init(bucket: String) { self.bucket = bucket }

        /// Whether an event type of a record, `ObjectCreated:Put`, is one of `events`.
        public func includes(eventName: String) -> Bool {
            events.contains { event in
                let name = event.dropFirst("s3:".count)
                return name.hasSuffix("*")
                    ? eventName.hasPrefix(name.dropLast()) : eventName == String(name)
            }
        }

        /// Whether an object with this key and table counts.
        public func matches(key: String, table: String?) -> Bool {
            mismatch(key: key, table: table) == nil
        }
    }

    /// How events are gathered into one run.
    public struct Batch: Sendable, Equatable {
        /// The most objects of one run.
        ///
        /// Defaults to 1, for a crawler trigger to 100.
        public var size: Int
        /// The most bytes of one run; a larger object goes alone.
        ///
        /// Defaults to 256 MiB.
        public var bytes: Int64 = 268_435_456
        /// How many seconds objects are gathered; 0 takes what is waiting.
        ///
        /// Defaults to 0.
        public var window: Double = 0

        /// Gathers up to `size` objects.
        public init(size: Int) { self.size = size }
    }
}
