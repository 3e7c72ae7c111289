import Buckets
import Events
import Glibc
import RecordSplit

/// A version's records rewritten one by one, each with its place; only where something is wrong.
///
/// The file has the columns `#record`, `#line`, `#chunk`, `#at` (the offset in the chunk) and then
/// the fields, all of them well formed, so that a fast reader can read what a strict one refused.
struct LocatedRecords {
    /// The file.
    let path: String
    /// The columns, in order.
    let columns: [String]
    /// The longest line in bytes.
    private(set) var longestLine = 0

    private let manifest: Manifest
    private let fields: Int
    private var output: [UInt8] = []
    private var descriptor: Int32 = -1

    /// The columns in front of the fields.
    static let places = ["#record", "#line", "#chunk", "#at"]

    /// Rewrites the chunks of `manifest` into `path`; records of another shape go to `bad`.
    init(
        _ manifest: Manifest,
        buckets: BucketsFolder,
        path: String,
        bad: (BadRow) throws -> Void
    ) throws {
        self.manifest = manifest
        self.path = path
        fields = manifest.format.type == .json ? 1 : max(1, manifest.format.fields ?? 1)
        columns = Self.places + (0..<fields).map { "f\($0)" }
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw BucketsError(step: "create \(path)") }
        defer { close(descriptor) }
        for (index, chunk) in manifest.chunks.enumerated() {
            try locate(chunk, index: index, buckets: buckets, bad: bad)
        }
        try flush()
    }

    private mutating func locate(
        _ chunk: Manifest.Chunk,
        index: Int,
        buckets: BucketsFolder,
        bad: (BadRow) throws -> Void
    ) throws {
        let file = try MappedFile(buckets.path(of: ObjectKey(bucket: "stage-2", key: chunk.key)))
        var lines = try RecordLines(chunk, buckets: buckets)
        let isDelimited = manifest.format.type == .csv
        let delimiter = manifest.format.delimiter?.utf8.first ?? UInt8(ascii: ",")
        var scanner = isDelimited ? RecordScanner(delimiter: delimiter) : .lines
        var start = 0
        var headerLines = 0
        var awaitsHeader = manifest.format.header == true
        var record = chunk.firstRecord
        while start < file.bytes.count {
            let before = (records: scanner.records, lines: scanner.lines)
            let end = scanner.scanRecord(file.bytes.bytes, from: start) ?? file.bytes.count
            let isOpen = end == file.bytes.count && scanner.isInsideQuotes
            if end == file.bytes.count { scanner.finish() }
            let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[start..<end])
            defer { start = end }
            guard scanner.records > before.records else { continue }
            if awaitsHeader {
                awaitsHeader = false
                headerLines = scanner.lines
                continue
            }
            let place = Place(
                record: record,
                line: lines.next(chunk.firstLine + before.lines - headerLines),
                chunk: index,
                offset: start
            )
            record += 1
            if isDelimited {
                let parsed = CSVRecord(bytes.bytes, delimiter: delimiter)
                if let reason = reason(parsed, isOpen: isOpen) {
                    try bad(badRow(place, reason: reason, bytes: bytes))
                } else {
                    try write(place, fields: parsed.fields)
                }
            } else {
                try write(place, line: bytes)
            }
        }
    }

    /// Where a record stands.
    private struct Place {
        var record: Int
        var line: Int
        var chunk: Int
        var offset: Int
    }

    private func reason(_ record: CSVRecord, isOpen: Bool) -> String? {
        if isOpen {
            return "a quote opens in this record and never closes, so the rest of the file is one "
                + "record; close it"
        }
        switch record.defect {
        case .textBehindQuote(let field):
            return "text stands behind the closing quote of field \(field + 1); double quotes that "
                + "belong to the text"
        case .openQuote(let field):
            return "the quote of field \(field + 1) never closes; close it"
        case nil: break
        }
        guard record.fields.count != fields else { return nil }
        return "\(record.fields.count) fields where \(fields) were expected"
    }

    private func badRow(
        _ place: Place,
        reason: String,
        bytes: UnsafeRawBufferPointer
    ) -> BadRow {
        BadRow(
            source: manifest.source.source,
            sequencer: manifest.source.sequencer,
            line: place.line,
            record: place.record,
            column: nil,
            value: nil,
            reason: reason,
            raw: BadRow.raw(bytes)
        )
    }

    private mutating func write(_ place: Place, fields: [CSVRecord.Field]) throws {
        let length = output.count
        write(place)
        for field in fields {
            output.append(UInt8(ascii: ","))
            if field.isQuoted || !field.bytes.isEmpty { quote(field.bytes) }
        }
        try endLine(from: length)
    }

    private mutating func write(_ place: Place, line: UnsafeRawBufferPointer) throws {
        let length = output.count
        write(place)
        output.append(UInt8(ascii: ","))
        var content = line[...]
        while let last = content.last, last == 0x0A || last == 0x0D { content = content.dropLast() }
        quote(content)
        try endLine(from: length)
    }

    private mutating func write(_ place: Place) {
        output += "\(place.record),\(place.line),\(place.chunk),\(place.offset)".utf8
    }

    private mutating func quote(_ bytes: some Sequence<UInt8>) {
        output.append(UInt8(ascii: "\""))
        for byte in bytes {
            output.append(byte)
            if byte == UInt8(ascii: "\"") { output.append(byte) }
        }
        output.append(UInt8(ascii: "\""))
    }

    private mutating func endLine(from start: Int) throws {
        output.append(0x0A)
        longestLine = max(longestLine, output.count - start)
        if output.count > 1 << 20 { try flush() }
    }

    private mutating func flush() throws {
        try AtomicFile.writeAll(output, to: descriptor, path: path)
        output.removeAll(keepingCapacity: true)
    }
}

/// The physical lines of a chunk's records, from the file beside it where lines do not correspond.
private struct RecordLines {
    private var given: ArraySlice<Int>?

    init(_ chunk: Manifest.Chunk, buckets: BucketsFolder) throws {
        guard let key = chunk.lines else { return }
        let text = try FilePath.read(buckets.path(of: ObjectKey(bucket: "stage-2", key: key)))
        given =
            text.split(separator: 0x0A).compactMap {
                Int(String(decoding: $0, as: UTF8.self))
            }[...]
    }

    mutating func next(_ counted: Int) -> Int { given?.popFirst() ?? counted }
}

/// A file's bytes without a copy of them, see mmap(2).
struct MappedFile: ~Copyable {
    /// The content.
    let bytes: UnsafeRawBufferPointer

    init(_ path: String) throws(BucketsError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BucketsError(step: "open \(path)") }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else {
            throw BucketsError(step: "look at \(path)")
        }
        let size = Int(information.st_size)
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
            start != MAP_FAILED
        else { throw BucketsError(step: "map \(path)") }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit {
        if let start = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        }
    }
}
