import Events

/// A record that is no row of its table: a line of a quarantine file.
struct BadRow: Encodable, Equatable {
    /// `bucket/key` of the stage-1 object.
    var source: String
    /// The version's sequencer.
    var sequencer: Sequencer
    /// The physical line in the unpacked stage-1 object, the header being 1; nil when a `transform`
    /// made the row.
    var line: Int?
    /// The number of the data record, from 1; nil when a `transform` made the row.
    var record: Int?
    /// The column that is at fault; nil when the whole record is.
    var column: String?
    /// The text that does not fit.
    var value: String?
    /// What was expected.
    var reason: String
    /// The record as it stands in the file, at most 4 KiB of it.
    var raw: String?

    /// The length to which `raw` and `value` are cut, in bytes.
    static let rawLimit = 4096

    /// Text of the first bytes of a record, cut between characters, without its line break.
    static func raw(_ bytes: some Collection<UInt8>) -> String {
        var text = Array(bytes.prefix(rawLimit))
        if text.count == rawLimit {
            let end = text.lastIndex { $0 & 0xC0 != 0x80 } ?? text.startIndex
            let length = text[end] < 0x80 ? 1 : (~text[end]).leadingZeroBitCount
            if text.count - end < length { text.removeSubrange(end...) }
        }
        while let last = text.last, last == 0x0A || last == 0x0D { text.removeLast() }
        return String(decoding: text, as: UTF8.self)
    }

    private enum CodingKeys: String, CodingKey {
        case source, sequencer, line, record, column, value, reason, raw
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(source, forKey: .source)
        try container.encode(sequencer, forKey: .sequencer)
        try container.encode(line, forKey: .line)
        try container.encode(record, forKey: .record)
        try container.encode(column, forKey: .column)
        try container.encode(value, forKey: .value)
        try container.encode(reason, forKey: .reason)
        try container.encode(raw, forKey: .raw)
    }
}
