/// A column of a Parquet file.
public struct ParquetColumn: Sendable, Equatable {
    /// What a column holds; no value is ever absent.
    public enum Kind: Sendable, Equatable {
        /// UTF-8 text.
        case string
        /// Whole numbers of 32 bits.
        case int32
        /// Whole numbers of 64 bits.
        case int64
        /// Floating-point numbers of 64 bits.
        case double
        /// Lists of texts, which may be empty.
        case strings
    }

    /// The column's name in the schema.
    public let name: String
    /// What it holds.
    public let kind: Kind

    /// A column of one kind.
    public init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }
}
