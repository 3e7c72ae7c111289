import Buckets
import HandlerRuntime
import RecordSplit

/// Cuts a JSON array, or documents one after the other; each element comes out on one line.
struct ElementSplitter: Splitter {
    private let name: String
    private var scanner: JSONElementScanner
    private var lines = JSONLines()
    private var records = 0
    private var inChunk = 0
    private var firstLine = 1

    init(_ form: JSONElementScanner.Form, of name: String) {
        self.name = name
        scanner = JSONElementScanner(form)
    }

    /// The physical line behind what was taken so far, from 1.
    var line: Int { scanner.line }

    /// Takes the next piece.
    mutating func take(_ bytes: UnsafeRawBufferPointer, into chunks: ChunkFolder) throws {
        do throws(JSONFlaw) {
            try scanner.scan(bytes.bytes, into: &lines)
        } catch {
            throw InputFlaw.json(error).error(in: name)
        }
        try write(into: chunks)
    }

    /// Completes the last chunk.
    mutating func finish(into chunks: ChunkFolder) throws {
        do throws(JSONFlaw) {
            try scanner.finish(into: &lines)
        } catch {
            throw InputFlaw.json(error).error(in: name)
        }
        try write(into: chunks)
        try endChunk(chunks)
    }

    private mutating func write(into chunks: ChunkFolder) throws(BucketsError) {
        var written = 0
        var counted = 0
        var index = 0
        while index < lines.ends.count {
            if inChunk == 0 { firstLine = lines.lines[index] }
            inChunk += 1
            index += 1
            let end = lines.ends[index - 1]
            if chunks.size + end - written >= chunks.limit {
                try append(written..<end, counted..<index, to: chunks)
                (written, counted) = (end, index)
                try endChunk(chunks)
            }
        }
        try append(written..<lines.bytes.count, counted..<index, to: chunks)
        lines.removeAll()
    }

    private func append(
        _ bytes: Range<Int>,
        _ numbers: Range<Int>,
        to chunks: ChunkFolder
    ) throws(BucketsError) {
        let outcome = lines.bytes.withUnsafeBytes { all in
            Result { () throws(BucketsError) in
                try chunks.append(UnsafeRawBufferPointer(rebasing: all[bytes]))
            }
        }
        try outcome.get()
        if !numbers.isEmpty { try chunks.append(lines: lines.lines[numbers]) }
    }

    private mutating func endChunk(_ chunks: ChunkFolder) throws(BucketsError) {
        try chunks.end(
            ChunkFigures(records: inChunk, firstLine: firstLine, firstRecord: records + 1)
        )
        records += inChunk
        inChunk = 0
    }
}
