import Buckets
import Glibc
import RecordSplit

/// A chunk of which single records are looked up.
final class ChunkFile {
    private let descriptor: Int32

    init(_ path: String) throws(BucketsError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BucketsError(step: "open \(path)") }
    }

    deinit { close(descriptor) }

    /// The record that begins at an offset, at most 4 KiB of it.
    func record(at offset: Int, of format: RecordFormat) -> String {
        var bytes = [UInt8](repeating: 0, count: BadRow.rawLimit)
        let count = pread(descriptor, &bytes, bytes.count, off_t(offset))
        bytes.removeLast(bytes.count - max(0, count))
        var scanner =
            format.type == .json
            ? RecordScanner.lines
            : RecordScanner(delimiter: format.delimiter?.utf8.first ?? UInt8(ascii: ","))
        let end = bytes.withUnsafeBytes { scanner.scanRecord($0.bytes) } ?? bytes.count
        return BadRow.raw(bytes[..<end])
    }
}
