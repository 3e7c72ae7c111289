import Buckets
import Events
import Glibc

/// The stage-1 object, digested as it is read.
final class SourceFile {
    /// The file's length when it was opened.
    let size: Int64
    private let path: String
    private let descriptor: Int32
    private let digest = ContentDigest()
    private var readBytes: Int64 = 0

    /// Opens the file; nil if there is none, or no regular one.
    init?(path: String) throws(BucketsError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            let error = BucketsError(step: "open \(path)")
            if error.isMissing { return nil }
            throw error
        }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else {
            let error = BucketsError(step: "look at \(path)")
            close(descriptor)
            throw error
        }
        size = Int64(information.st_size)
        guard information.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// Fills `buffer` as far as the file goes.
    ///
    /// - Returns: The number of bytes; fewer than fit at the end of the file only.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(BucketsError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = Glibc.read(
                descriptor,
                buffer.baseAddress.map { $0 + filled },
                buffer.count - filled
            )
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw BucketsError(step: "read \(path)") }
            guard count > 0 else { break }
            filled += count
        }
        digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
        readBytes += Int64(filled)
        return filled
    }

    /// Reads what is left, for the digest alone.
    func readToEnd(_ buffer: UnsafeMutableRawBufferPointer) throws(BucketsError) {
        while try read(into: buffer) == buffer.count {}
    }

    /// Whether what was read, to the end, is the content of `version`.
    func holds(_ version: ObjectVersion) -> Bool {
        readBytes == version.size && digest.eTag() == version.eTag
    }
}
