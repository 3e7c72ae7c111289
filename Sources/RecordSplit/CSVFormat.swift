/// How delimited text is written.
public struct CSVFormat: Sendable, Equatable {
    /// The ASCII character between fields.
    public var delimiter: UInt8
    /// The cells of the header, nil without one.
    public var header: [String]?
    /// How many fields a record must have; nil when the text holds no record.
    public var fields: Int?

    /// Delimiters that are tried, the likeliest first.
    static let delimiters = [",", "\t", ";", "|", "\u{1}"].map { UInt8(ascii: $0) }
    /// How many records decide.
    static let probedRecords = 200

    init(probe: [UInt8], isWhole: Bool, ending: String, given: TextFormat.Given) {
        var order = given.delimiter.map { [$0] } ?? Self.delimiters
        if given.delimiter == nil, ending == "tsv" || ending == "tab" {
            order.swapAt(0, 1)
        }
        let counts = order.map { FieldCounts(probe, isWhole: isWhole, delimiter: $0) }
        let best = counts.reduce(counts.first) { best, next in
            next.consistency > best?.consistency ?? 0 ? next : best
        }
        let chosen = best.flatMap { $0.consistency > 0 || given.delimiter != nil ? $0 : nil }
        delimiter = chosen?.delimiter ?? UInt8(ascii: ",")
        let counted = chosen ?? counts.first { $0.delimiter == UInt8(ascii: ",") }
        guard let counted, let first = counted.firstRecord else {
            header = nil
            fields = nil
            return
        }
        let record = unsafe CSVRecord(probe.span.bytes.extracting(first), delimiter: delimiter)
        if given.header ?? (!counted.isFirstCut && record.readsAsHeader) {
            header = record.fields.map(\.text)
            fields = record.fields.count
        } else {
            header = nil
            fields = given.fields ?? counted.usual
        }
    }
}

/// How many fields the first records of a text have when a delimiter is tried.
private struct FieldCounts {
    let delimiter: UInt8
    private(set) var firstRecord: Range<Int>?
    /// Whether the first record goes on behind the probe.
    private(set) var isFirstCut = false
    /// The most frequent number of fields, the earliest of equally frequent ones.
    private(set) var usual = 0
    /// The share of records that have the usual number of fields; 0 if that is one field.
    private(set) var consistency = 0.0

    init(_ probe: [UInt8], isWhole: Bool, delimiter: UInt8) {
        self.delimiter = delimiter
        var scanner = RecordScanner(delimiter: delimiter)
        var counts: [Int] = []
        var index = 0
        var fields = 0
        func take(to end: Int, in scanner: RecordScanner) {
            guard scanner.records > counts.count else { return }
            if firstRecord == nil { firstRecord = index..<end }
            counts.append(scanner.fields - fields)
            fields = scanner.fields
        }
        while counts.count < CSVFormat.probedRecords,
            let end = unsafe scanner.scanRecord(probe.span.bytes, from: index)
        {
            take(to: end, in: scanner)
            index = end
        }
        // A record that the probe cuts off tells nothing, unless there is no other.
        if counts.count < CSVFormat.probedRecords, isWhole || counts.isEmpty {
            isFirstCut = !isWhole
            scanner.finish()
            take(to: probe.count, in: scanner)
        }
        var frequency: [Int: Int] = [:]
        for count in counts { frequency[count, default: 0] += 1 }
        let most = frequency.values.max() ?? 0
        usual = counts.first { frequency[$0] == most } ?? 0
        consistency = usual > 1 ? Double(most) / Double(counts.count) : 0
    }
}

extension CSVRecord {
    /// Whether a first record names columns: not every cell is blank, and none reads as a number,
    /// boolean, date or timestamp.
    public var readsAsHeader: Bool {
        let areBlank = fields.allSatisfy { $0.bytes.allSatisfy(JSONMark.isBlank) }
        return !areBlank && !fields.contains { ScalarText.looksLikeData($0.bytes) }
    }
}
