/// A row group as a file holds it, for `ParquetFileWriter.append`.
public struct EncodedRowGroup: Sendable {
    /// The number of rows.
    public let rows: Int
    /// The size in the file, in bytes.
    public var size: Int { bytes.count }

    let bytes: ByteBuffer
    let chunks: [EncodedChunk]
}

/// Where one column of a row group lies and what the footer says of it.
struct EncodedChunk: Sendable {
    /// The numbers that the format gives to its encodings.
    enum Encoding: Int {
        case plain = 0
        case rle = 3
        case rleDictionary = 8
    }

    /// Offsets from the first byte of the row group.
    var dictionaryOffset: Int?
    var dataOffset = 0
    var encoding = Encoding.plain
    var isCompressed = true
    /// Values, and lists without any.
    var values = 0
    var emptyLists = 0
    /// Sizes with page headers.
    var size = 0
    var plainSize = 0
    var bounds: ChunkBounds?
}

/// The least and greatest value of a chunk.
struct ChunkBounds: Sendable, Equatable {
    var minimum: ParquetScalar
    var maximum: ParquetScalar

    /// Bounds that hold for both.
    func joined(with other: ChunkBounds) -> ChunkBounds {
        ChunkBounds(
            minimum: other.minimum.precedes(minimum) ? other.minimum : minimum,
            maximum: maximum.precedes(other.maximum) ? other.maximum : maximum
        )
    }
}
