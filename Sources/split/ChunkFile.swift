import Buckets
import Glibc

/// A file in a version's folder, digested as it is written.
///
/// It has its name from the start: until the manifest is there nobody looks into the folder.
final class ChunkFile {
    /// Its length so far.
    private(set) var size = 0
    private let path: String
    private let descriptor: Int32
    private let digest = ContentDigest()

    init(path: String) throws(BucketsError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw BucketsError(step: "create \(path)") }
    }

    deinit { close(descriptor) }

    /// XXH3-128 of everything written.
    var eTag: String { digest.eTag() }

    func append(_ bytes: UnsafeRawBufferPointer) throws(BucketsError) {
        var done = 0
        while done < bytes.count {
            let count = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw BucketsError(step: "write \(path)") }
            done += count
        }
        digest.update(bytes)
        size += bytes.count
    }

    func append(_ bytes: [UInt8]) throws(BucketsError) {
        let outcome = bytes.withUnsafeBytes { bytes in
            Result { () throws(BucketsError) in try append(bytes) }
        }
        try outcome.get()
    }
}
