import Buckets
public import Events

/// The bad rows of a version, as one function found them.
public struct QuarantineStory: Sendable, Encodable, Equatable {
    /// Rows with one reason.
    public struct Reason: Sendable, Encodable, Equatable {
        /// The column that is at fault; nil when the whole record is.
        public var column: String?
        /// What was expected.
        public var reason: String
        /// How many rows.
        public var rows: Int
        /// The first few.
        public var examples: [Example]
    }

    /// A bad row.
    public struct Example: Sendable, Encodable, Equatable {
        /// The physical line in the unpacked file, the header being 1.
        public var line: Int?
        /// The number of the data record, from 1.
        public var record: Int?
        /// The text that does not fit, or the whole record.
        public var text: String
    }

    /// The file, below the buckets folder.
    public var path: String
    /// The function that wrote it.
    public var function: String
    /// How many rows it holds.
    public var rows: Int
    /// Why, the most frequent first.
    public var reasons: [Reason]
    /// How many rows were looked at for the reasons; fewer than `rows` in a large file.
    public var rowsRead: Int

    /// As many bytes are looked at for reasons.
    static let readLimit = 4 << 20
    private static let examplesOfReason = 3

    /// Reads a file of bad rows.
    ///
    /// - Throws: `BucketsError` when it cannot be read.
    init(path: String, function: String, in buckets: BucketsFolder) throws(BucketsError) {
        let bytes = try FilePath.read(path)
        self.path =
            path.hasPrefix(buckets.path + "/")
            ? String(path.dropFirst(buckets.path.count + 1)) : path
        self.function = function
        rows = bytes.count { $0 == UInt8(ascii: "\n") }
        var found: [Reason] = []
        var places: [String: Int] = [:]
        var read = 0
        for line in bytes.prefix(Self.readLimit).split(separator: UInt8(ascii: "\n")) {
            guard let row = try? JSONValue(parsing: String(decoding: line, as: UTF8.self)) else {
                continue
            }
            read += 1
            let column = row["column"]?.string
            let reason = row["reason"]?.string ?? "no reason is given"
            let key = "\(column ?? "")\u{0}\(reason)"
            let place = places[key] ?? found.count
            if place == found.count {
                places[key] = place
                found.append(Reason(column: column, reason: reason, rows: 0, examples: []))
            }
            found[place].rows += 1
            guard found[place].examples.count < Self.examplesOfReason else { continue }
            let text = row["value"]?.string ?? row["raw"]?.string ?? ""
            found[place].examples.append(
                Example(
                    line: row["line"]?.integer.map(Int.init),
                    record: row["record"]?.integer.map(Int.init),
                    text: text
                )
            )
        }
        // Within a reason the first rows of the file, which `convert` does not write in order.
        reasons = found.sorted { $0.rows > $1.rows }
        rowsRead = read
    }
}

/// The name of a file of bad rows: `<sequencer>.<function>.jsonl`.
public struct QuarantineName: Sendable, Equatable {
    /// The version.
    public var sequencer: Sequencer
    /// The function that found them.
    public var function: String

    /// Reads a name; nil for any other.
    public init?(_ name: some StringProtocol) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2] == "jsonl", !parts[1].isEmpty,
            let sequencer = Sequencer(parts[0])
        else { return nil }
        self.sequencer = sequencer
        function = String(parts[1])
    }
}
