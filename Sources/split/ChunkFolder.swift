import Buckets
import RecordSplit

/// The chunks of one version, written one after the other.
final class ChunkFolder {
    /// The chunks that are complete.
    private(set) var finished: [Manifest.Chunk] = []
    /// The length at which a chunk ends with its current record.
    let limit: Int
    /// What each chunk begins with, if its first bytes are not given with it.
    var header: [UInt8] = []

    private let path: String
    private let key: String
    private let ending: String
    private var file: ChunkFile?
    private var lines: LineNumbers?

    init(path: String, key: String, format: TextFormat, limit: Int) {
        self.path = path
        self.key = key
        self.limit = limit
        switch format {
        case .csv(let csv): ending = csv.delimiter == UInt8(ascii: "\t") ? "tsv" : "csv"
        case .json, .jsonLines: ending = "jsonl"
        }
    }

    /// The length of the chunk that is being written; a new one has its header.
    var size: Int { file?.size ?? header.count }

    /// Writes the next bytes, into a new chunk if the last one is complete.
    func append(_ bytes: UnsafeRawBufferPointer) throws(BucketsError) {
        guard !bytes.isEmpty else { return }
        try current().append(bytes)
    }

    /// Writes the physical lines of the next records into a file beside the chunk.
    func append(lines numbers: ArraySlice<Int>) throws(BucketsError) {
        if lines == nil { lines = try LineNumbers(path: "\(path)/\(name).lines") }
        try lines?.append(numbers)
    }

    /// Completes the chunk; one without records is removed.
    func end(_ figures: ChunkFigures) throws(BucketsError) {
        guard let file else { return }
        self.file = nil
        try lines?.end()
        defer { lines = nil }
        guard figures.records > 0 else {
            try FilePath.removeTree("\(path)/\(name).\(ending)")
            return
        }
        finished.append(
            Manifest.Chunk(
                key: "\(key)/\(name).\(ending)",
                size: Int64(file.size),
                eTag: file.eTag,
                records: figures.records,
                firstLine: figures.firstLine,
                firstRecord: figures.firstRecord,
                cells: figures.cells,
                lines: lines == nil ? nil : "\(key)/\(name).lines"
            )
        )
    }

    private var name: String {
        let number = String(finished.count)
        return "part-" + String(repeating: "0", count: max(0, 5 - number.count)) + number
    }

    private func current() throws(BucketsError) -> ChunkFile {
        if let file { return file }
        let created = try ChunkFile(path: "\(path)/\(name).\(ending)")
        if !header.isEmpty { try created.append(header) }
        file = created
        return created
    }
}

/// What a chunk's entry in the manifest says of its records.
struct ChunkFigures {
    /// How many data records it holds.
    var records: Int
    /// The physical line on which it begins, behind the header.
    var firstLine: Int
    /// The number of its first record in the version, from 1.
    var firstRecord: Int
    /// The fields of its records together; nil if some quote is not as it should be.
    var cells: Int?
}

/// A list of line numbers, one on a line, written in large pieces.
private final class LineNumbers {
    private let file: ChunkFile
    private var waiting: [UInt8] = []

    init(path: String) throws(BucketsError) { file = try ChunkFile(path: path) }

    func append(_ numbers: ArraySlice<Int>) throws(BucketsError) {
        for number in numbers {
            waiting += String(number).utf8
            waiting.append(UInt8(ascii: "\n"))
        }
        if waiting.count > 1 << 16 { try end() }
    }

    /// Writes what is waiting.
    func end() throws(BucketsError) {
        try file.append(waiting)
        waiting.removeAll(keepingCapacity: true)
    }
}
