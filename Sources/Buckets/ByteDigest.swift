private import CXXHash

/// XXH3-128 of a few bytes in memory, as two numbers.
///
/// It stands for the bytes where millions of them are too many to keep: among a thousand million
/// different ones two are equal with a probability of one to 10^20.
public struct ByteDigest: Hashable, Sendable {
    /// The higher half.
    public let high: UInt64
    /// The lower half.
    public let low: UInt64

    /// Digests bytes.
    public init(_ bytes: UnsafeRawBufferPointer) {
        let hash = XXH3_128bits(bytes.baseAddress, bytes.count)
        high = hash.high64
        low = hash.low64
    }
}
