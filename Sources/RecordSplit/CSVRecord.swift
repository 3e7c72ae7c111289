/// The fields of one record, for reading a header or explaining a bad row; see ``RecordScanner``.
public struct CSVRecord: Sendable, Equatable {
    /// One field with its quotes removed.
    public struct Field: Sendable, Equatable {
        /// The field's bytes; `""` inside quotes is one quote here.
        public var bytes: [UInt8]
        /// Whether the field stood in quotes: `""` is an empty text, nothing at all is no value.
        public var isQuoted: Bool

        /// The field as text; bytes that are not UTF-8 are replaced.
        public var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// What is wrong with the quotes of a record.
    public enum Defect: Sendable, Equatable {
        /// Text between the closing quote and the delimiter of the field with this index.
        case textBehindQuote(field: Int)
        /// The field with this index begins with a quote that never closes.
        case openQuote(field: Int)
    }

    /// The fields in order, at least one.
    public private(set) var fields: [Field] = []
    /// The first thing wrong with the quotes, if anything is.
    public private(set) var defect: Defect?

    /// Reads one record, with or without the line break at its end.
    ///
    /// Whatever is wrong with it, every byte is in some field.
    public init(_ record: RawSpan, delimiter: UInt8) {
        let end = Self.contentEnd(record)
        var index = 0
        repeat {
            let field = readField(record, &index, end, delimiter)
            fields.append(field)
            index += 1  // the delimiter
        } while index <= end
    }

    private static func contentEnd(_ record: RawSpan) -> Int {
        var end = record.byteCount
        if end > 0, record.byte(end - 1) == Mark.lineFeed { end -= 1 }
        if end > 0, record.byte(end - 1) == Mark.carriageReturn { end -= 1 }
        return end
    }

    private mutating func readField(
        _ record: RawSpan,
        _ index: inout Int,
        _ end: Int,
        _ delimiter: UInt8
    ) -> Field {
        var start = index
        if start + 1 < end, record.byte(start) == Mark.space, record.byte(start + 1) == Mark.quote {
            start += 1
        }
        guard start < end, record.byte(start) == Mark.quote else {
            return Field(bytes: rest(of: record, &index, end, delimiter), isQuoted: false)
        }
        index = start + 1
        var bytes: [UInt8] = []
        while index < end {
            let byte = record.byte(index)
            index += 1
            guard byte == Mark.quote else {
                bytes.append(byte)
                continue
            }
            if index < end, record.byte(index) == Mark.quote {
                bytes.append(byte)
                index += 1
                continue
            }
            let behind = rest(of: record, &index, end, delimiter)
            if behind.contains(where: { $0 != Mark.space }) {
                bytes += behind
                defect = defect ?? .textBehindQuote(field: fields.count)
            }
            return Field(bytes: bytes, isQuoted: true)
        }
        defect = defect ?? .openQuote(field: fields.count)
        return Field(bytes: bytes, isQuoted: true)
    }

    private func rest(
        of record: RawSpan,
        _ index: inout Int,
        _ end: Int,
        _ delimiter: UInt8
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        while index < end, record.byte(index) != delimiter {
            bytes.append(record.byte(index))
            index += 1
        }
        return bytes
    }
}

extension RawSpan {
    /// The byte at `index`, which is checked.
    @inline(__always)
    func byte(_ index: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self) }
}
