/// How the records of a text are written.
public enum TextFormat: Sendable, Equatable {
    /// Delimited text, see ``RecordScanner``.
    case csv(CSVFormat)
    /// One JSON value on each line.
    case jsonLines
    /// JSON values that are not each on one line, see ``JSONElementScanner``.
    case json(JSONElementScanner.Form)

    /// What is known of a format beforehand; nil parts are found out.
    public struct Given: Sendable, Equatable {
        /// The kinds of text.
        public enum Kind: String, Sendable {
            /// Delimited text.
            case csv
            /// JSON of any form.
            case json
        }

        /// The kind of text.
        public var kind: Kind?
        /// The ASCII character between fields.
        public var delimiter: UInt8?
        /// Whether the first record is a header.
        public var header: Bool?
        /// The number of fields of a record without a header.
        public var fields: Int?

        /// Puts together what is known.
        public init(
            kind: Kind? = nil,
            delimiter: UInt8? = nil,
            header: Bool? = nil,
            fields: Int? = nil
        ) {
            self.kind = kind
            self.delimiter = delimiter
            self.header = header
            self.fields = fields
        }
    }

    /// Decides from the start of a text.
    ///
    /// - Parameters:
    ///   - probe: The first bytes, UTF-8 without a byte-order mark.
    ///   - isWhole: Whether there are no others.
    ///   - fileName: Its extension decides between JSON and delimited text, before the content does,
    ///     and between delimiters that fit equally well; an ending `.gz` is not looked at.
    ///   - given: What overrides each piece.
    public init(probe: [UInt8], isWhole: Bool, fileName: String, given: Given = Given()) {
        let ending = Self.ending(of: fileName)
        let first = probe.first { !JSONMark.isBlank($0) }
        if given.kind ?? Self.kind(ending: ending, first: first) == .csv {
            self = .csv(
                CSVFormat(probe: probe, isWhole: isWhole, ending: ending, given: given)
            )
        } else if first == JSONMark.openArray {
            self = .json(.array)
        } else if first == JSONMark.openObject, Self.holdsDocuments(probe, isWhole: isWhole) {
            self = .json(.documents)
        } else {
            self = .jsonLines
        }
    }

    private static func ending(of fileName: String) -> String {
        var name = fileName.lowercased()[...]
        if name.hasSuffix(".gz") { name = name.dropLast(3) }
        guard let dot = name.lastIndex(of: ".") else { return "" }
        return String(name[name.index(after: dot)...])
    }

    private static func kind(ending: String, first: UInt8?) -> Given.Kind {
        switch ending {
        case "json", "jsonl", "ndjson": .json
        case "csv", "tsv", "tab", "psv", "ssv": .csv
        default: first == JSONMark.openArray || first == JSONMark.openObject ? .json : .csv
        }
    }

    /// Whether objects stand otherwise than one on a line.
    ///
    /// If the first line is one object, it is JSON lines; if it is several, it is not. If it is less
    /// than one, an object that has a later line to itself, without indentation, speaks for JSON
    /// lines of which the first is broken.
    private static func holdsDocuments(_ probe: [UInt8], isWhole: Bool) -> Bool {
        var lines = probe.split(
            maxSplits: CSVFormat.probedRecords,
            whereSeparator: Mark.isLineBreak
        )
        let endsInLine = !isWhole && !(probe.last.map(Mark.isLineBreak) ?? true)
        if endsInLine || lines.count > CSVFormat.probedRecords, lines.count > 1 {
            lines.removeLast()
        }
        lines.removeAll { $0.allSatisfy(JSONMark.isBlank) }
        guard let first = lines.first else { return false }
        switch objects(in: first) {
        case (1, isComplete: true): return false
        case (1..., isComplete: _): return true
        default:
            return lines.count > 1
                && !lines.dropFirst().contains {
                    $0.first == JSONMark.openObject && objects(in: $0) == (1, isComplete: true)
                }
        }
    }

    private static func objects(in line: ArraySlice<UInt8>) -> (count: Int, isComplete: Bool) {
        var scanner = JSONElementScanner(.documents)
        var output = JSONLines()
        do {
            try unsafe scanner.scan(Array(line).span.bytes, into: &output)
            try scanner.finish(into: &output)
            return (output.ends.count, true)
        } catch {
            return (output.ends.count, false)
        }
    }
}
