/// What the first bytes of a file say about its kind.
public enum FileSignature: Sendable, Equatable {
    /// One or more gzip members (RFC 1952).
    case gzip
    /// UTF-8 behind a byte-order mark of three bytes.
    case utf8
    /// UTF-16 behind a byte-order mark of two bytes.
    case utf16(UTF16Transcoder.ByteOrder)
    /// A kind that is not read here, with its name.
    case unsupported(String)

    /// How many bytes are enough to see every signature.
    public static let length = 6

    private static let known: [([UInt8], FileSignature)] = [
        ([0x1F, 0x8B], .gzip),
        ([0xEF, 0xBB, 0xBF], .utf8),
        ([0xFF, 0xFE], .utf16(.littleEndian)),
        ([0xFE, 0xFF], .utf16(.bigEndian)),
        ([0x28, 0xB5, 0x2F, 0xFD], .unsupported("zstd archive")),
        (Array("PK\u{3}\u{4}".utf8), .unsupported("zip archive (or spreadsheet)")),
        (Array("PAR1".utf8), .unsupported("Parquet file")),
        (Array("BZh".utf8), .unsupported("bzip2 archive")),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .unsupported("xz archive")),
        ([0x04, 0x22, 0x4D, 0x18], .unsupported("lz4 archive")),
        (Array("Obj\u{1}".utf8), .unsupported("Avro file")),
        (Array("%PDF-".utf8), .unsupported("PDF file")),
    ]

    /// Looks at the first bytes of a file; nil when they are just text, or unknown.
    public init?(_ bytes: some Sequence<UInt8>) {
        let start = Array(bytes.prefix(Self.length))
        guard let match = Self.known.first(where: { start.starts(with: $0.0) }) else { return nil }
        self = match.1
    }
}
