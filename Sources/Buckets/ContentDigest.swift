private import CXXHash
import Glibc

/// XXH3-128 of a content as it arrives; the eTag of objects and chunks.
///
/// Source: xxHash's `xxhash.h`, "XXH3 streaming"; `xxhsum -H2` prints the same digits.
public struct ContentDigest: ~Copyable {
    private let state: OpaquePointer

    /// Starts with nothing read.
    public init() {
        state = XXH3_createState()
        XXH3_128bits_reset(state)
    }

    deinit { XXH3_freeState(state) }

    /// Takes the next bytes.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        XXH3_128bits_update(state, bytes.baseAddress, bytes.count)
    }

    /// 32 hexadecimal digits of all bytes so far.
    public func eTag() -> String {
        let hash = XXH3_128bits_digest(state)
        return hexadecimal(hash.high64) + hexadecimal(hash.low64)
    }

    /// The eTag of bytes in memory.
    public static func eTag(of bytes: UnsafeRawBufferPointer) -> String {
        let hash = XXH3_128bits(bytes.baseAddress, bytes.count)
        return hexadecimal(hash.high64) + hexadecimal(hash.low64)
    }

    /// The low 64 bits of XXH3-128 of bytes in memory: the last 16 digits of their eTag.
    public static func low64(of bytes: UnsafeRawBufferPointer) -> UInt64 {
        XXH3_128bits(bytes.baseAddress, bytes.count).low64
    }

    /// The eTag and the number of bytes of the file behind a descriptor, from its position on.
    ///
    /// - Throws: `BucketsError` with `path` in its step when a read fails.
    public static func eTag(
        ofDescriptor descriptor: Int32,
        path: String
    ) throws(BucketsError) -> (eTag: String, size: Int64) {
        let digest = ContentDigest()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { buffer.deallocate() }
        var size: Int64 = 0
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw BucketsError(step: "read \(path)") }
            guard count > 0 else { return (digest.eTag(), size) }
            digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            size += Int64(count)
        }
    }

    /// The eTag and size of a file.
    public static func eTag(ofFile path: String) throws(BucketsError) -> (eTag: String, size: Int64)
    {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BucketsError(step: "open \(path)") }
        defer { close(descriptor) }
        return try eTag(ofDescriptor: descriptor, path: path)
    }
}

private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
