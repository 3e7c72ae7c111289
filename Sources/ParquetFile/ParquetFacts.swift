/// What a finished file holds.
public struct ParquetFacts: Sendable, Equatable {
    /// What is known of one column.
    public struct Column: Sendable, Equatable {
        /// The column's name.
        public let name: String
        /// How many rows have no value: none.
        public let nullCount: Int64
        /// The least value; nil for lists, for a file without rows and where a number was no number.
        public internal(set) var minimum: ParquetScalar?
        /// The greatest value; nil where `minimum` is.
        public internal(set) var maximum: ParquetScalar?
    }

    /// The number of rows.
    public let rows: Int64
    /// The size of the file in bytes.
    public let size: Int64
    /// The columns in their order.
    public let columns: [Column]
}

/// A least or greatest value.
public enum ParquetScalar: Sendable, Equatable {
    /// A text; texts are ordered by their UTF-8 bytes.
    case text(String)
    /// A whole number of either size.
    case integer(Int64)
    /// A floating-point number; a least zero is -0 and a greatest zero +0, as Parquet asks.
    case number(Double)

    /// Whether the value comes before another one of the same column.
    func precedes(_ other: ParquetScalar) -> Bool {
        switch (self, other) {
        case (.text(let mine), .text(let theirs)):
            mine.utf8.lexicographicallyPrecedes(theirs.utf8)
        case (.integer(let mine), .integer(let theirs)): mine < theirs
        case (.number(let mine), .number(let theirs)): mine < theirs
        default: false
        }
    }
}
