import CDuckDB

/// Up to 2,048 rows of a result, column by column.
public struct DataChunk: ~Copyable {
    private let handle: duckdb_data_chunk
    private let layouts: [ColumnLayout]
    /// The number of rows, at least 1 for a chunk of a result.
    public let rowCount: Int
    /// The number of columns.
    public var columnCount: Int { layouts.count }

    init(handle: duckdb_data_chunk, layouts: [ColumnLayout]) {
        self.handle = handle
        self.layouts = layouts
        rowCount = Int(duckdb_data_chunk_get_size(handle))
    }

    deinit {
        var closing: duckdb_data_chunk? = handle
        duckdb_destroy_data_chunk(&closing)
    }

    /// Gives `body` the column's numbers as they lie in memory.
    ///
    /// - Parameters:
    ///   - column: The index of a column whose layout is that of `Scalar`; anything else is a
    ///     programming error and traps.
    ///   - type: `Bool`, a fixed-width integer, `Float` or `Double`. Dates are `Int32` days,
    ///     times and timestamps `Int64`.
    ///   - body: Gets one element per row (undefined where the row is null) and the nulls; both
    ///     are valid only during the call.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func withValues<Scalar: ColumnScalar, Result, Failure: Error>(
        of column: Int,
        as type: Scalar.Type,
        _ body: (UnsafeBufferPointer<Scalar>, Validity) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(
            Scalar.matches(layouts[column]),
            "column \(column) is \(layouts[column]), not \(type)"
        )
        let vector = ColumnVector(chunk: handle, column: column)
        return try body(vector.values(count: rowCount), vector.validity)
    }

    /// Gives `body` the column's texts or bytes, which it can read without copying.
    ///
    /// - Parameters:
    ///   - column: The index of a `VARCHAR` or `BLOB` column; anything else traps.
    ///   - body: Gets the texts, valid only during the call.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func withStrings<Result, Failure: Error>(
        of column: Int,
        _ body: (StringColumn) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch layouts[column] {
        case .string, .blob: break
        default: preconditionFailure("column \(column) is \(layouts[column]), not text")
        }
        let vector = ColumnVector(chunk: handle, column: column)
        return try body(
            StringColumn(elements: vector.values(count: rowCount), validity: vector.validity)
        )
    }

    /// One value; convenient, not fast.
    public func value(column: Int, row: Int) -> SQLValue {
        ColumnVector(chunk: handle, column: column).value(at: row, layout: layouts[column])
    }
}

/// Which rows of a column are not null.
public struct Validity {
    let mask: UnsafePointer<UInt64>?

    /// Whether no row is null; then there is nothing to look at row by row.
    public var isAllValid: Bool { mask == nil }

    /// Whether the row has a value.
    public subscript(row: Int) -> Bool {
        guard let mask else { return true }
        return mask[row >> 6] >> UInt64(row & 63) & 1 == 1
    }
}

/// The texts of a column where they lie.
public struct StringColumn {
    let elements: UnsafeBufferPointer<duckdb_string_t>
    /// Which rows have a value.
    public let validity: Validity

    /// The number of rows.
    public var count: Int { elements.count }

    /// Gives `body` the rows as DuckDB holds them, sixteen bytes each.
    ///
    /// A row that is not null begins with the length of its text in four bytes. Up to twelve bytes of
    /// text follow, and zeros; a longer text is elsewhere.
    public func withElements<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(elements))
    }

    /// Whether two rows that are not null have the same short text, or the very same long one.
    ///
    /// Cheaper than comparing texts: `false` tells nothing of long ones.
    public func areAlike(_ row: Int, _ other: Int) -> Bool {
        guard let base = elements.baseAddress else { return false }
        // Sixteen bytes: the length, then the text itself up to twelve bytes, or its beginning and
        // where it lies.
        let a = UnsafeRawPointer(base + row)
        let b = UnsafeRawPointer(base + other)
        return a.load(as: UInt64.self) == b.load(as: UInt64.self)
            && a.load(fromByteOffset: 8, as: UInt64.self)
                == b.load(fromByteOffset: 8, as: UInt64.self)
    }

    /// A copy of the row's text; `nil` where it is null.
    public subscript(row: Int) -> String? {
        validity[row] ? withBytes(of: row) { String(decoding: $0, as: UTF8.self) } : nil
    }

    /// Gives `body` the bytes of a row that is not null, valid only during the call.
    public func withBytes<Result, Failure: Error>(
        of row: Int,
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let base = elements.baseAddress else { return try body(.init(start: nil, count: 0)) }
        return try body(bytes(of: base + row))
    }
}
