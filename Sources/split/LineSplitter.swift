import Buckets
import HandlerRuntime
import RecordSplit

/// Cuts delimited text or JSON lines; the bytes of the records stay as they are.
struct LineSplitter: Splitter {
    private let hasFields: Bool
    private var scanner: RecordScanner
    private var header: [UInt8] = []
    /// How many bytes of the first piece, and lines, stand before the first data record.
    private var headerEnd = 0
    private var headerLines = 0
    private var start: RecordScanner

    /// Prepares for JSON lines.
    init() {
        hasFields = false
        scanner = .lines
        start = scanner
    }

    /// Prepares for delimited text; the header, if there is one, must be within the first piece.
    init(
        _ format: CSVFormat,
        first: UnsafeRawBufferPointer,
        isWhole: Bool,
        of name: String
    ) throws(HandlerError) {
        hasFields = true
        scanner = RecordScanner(delimiter: format.delimiter)
        start = scanner
        guard format.header != nil else { return }
        var reading = scanner
        while reading.records == 0 {
            let start = headerEnd
            guard let end = reading.scanRecord(first.bytes, from: start) else {
                // There is nothing behind the header.
                guard isWhole else { throw InputFlaw.longHeader.error(in: name) }
                headerEnd = first.count
                return
            }
            headerEnd = end
            headerLines = reading.lines
            header = Array(first[start..<end])
        }
    }

    /// The physical line behind what was taken so far, from 1.
    var line: Int { headerLines + scanner.lines + 1 }

    /// Takes the next piece.
    mutating func take(
        _ piece: UnsafeRawBufferPointer,
        into chunks: ChunkFolder
    ) throws(BucketsError) {
        var bytes = piece
        if headerEnd > 0 {
            bytes = UnsafeRawBufferPointer(rebasing: piece[min(headerEnd, piece.count)...])
            chunks.header = header
            headerEnd = 0
        }
        var index = 0
        while index < bytes.count {
            let room = chunks.limit - chunks.size
            var end = bytes.count
            var isBorder = false
            if room > 0 {
                end = min(index + room, end)
                scanner.scan(bytes.bytes.extracting(index..<end))
            } else if let border = scanner.scanRecord(bytes.bytes, from: index) {
                end = border
                isBorder = scanner.records > start.records
            }
            try chunks.append(UnsafeRawBufferPointer(rebasing: bytes[index..<end]))
            index = end
            if isBorder { try endChunk(chunks) }
        }
    }

    /// Completes the last chunk.
    mutating func finish(into chunks: ChunkFolder) throws(BucketsError) {
        scanner.finish()
        try endChunk(chunks)
    }

    private mutating func endChunk(_ chunks: ChunkFolder) throws(BucketsError) {
        let isSound = scanner.defects == start.defects && !scanner.isInsideQuotes
        try chunks.end(
            ChunkFigures(
                records: scanner.records - start.records,
                firstLine: headerLines + start.lines + 1,
                firstRecord: start.records + 1,
                cells: hasFields && isSound ? scanner.fields - start.fields : nil
            )
        )
        start = scanner
    }
}
