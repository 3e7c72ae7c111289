import CDuckDB

/// Texts laid out once as DuckDB stores them, for columns that repeat them row after row.
///
/// A row then takes a copy of 16 bytes. Columns point into this memory: it must live until the
/// statement that reads them has ended.
public final class SharedStrings {
    /// The number of texts.
    public let count: Int
    private let bytes: UnsafeMutableRawBufferPointer
    private let elements: UnsafeMutableBufferPointer<duckdb_string_t>

    /// Lays out texts.
    public init(_ texts: [String]) {
        count = texts.count
        bytes = .allocate(byteCount: texts.reduce(0) { $0 + $1.utf8.count }, alignment: 1)
        elements = .allocate(capacity: texts.count)
        var start = 0
        for (index, text) in texts.enumerated() {
            let length = text.utf8.count
            let place = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + length])
            place.copyBytes(from: text.utf8)
            start += length
            elements.initializeElement(at: index, to: Self.element(place))
        }
    }

    deinit {
        bytes.deallocate()
        elements.deallocate()
    }

    subscript(index: Int) -> duckdb_string_t { elements[index] }

    /// Short texts lie within the element, padded with zeros; of long ones it has the beginning.
    private static func element(_ text: UnsafeMutableRawBufferPointer) -> duckdb_string_t {
        var element = duckdb_string_t()
        withUnsafeMutableBytes(of: &element) { raw in
            raw.storeBytes(of: UInt32(text.count), as: UInt32.self)
            let inside = UnsafeMutableRawBufferPointer(rebasing: raw[4...])
            inside.copyBytes(from: text.prefix(text.count <= 12 ? 12 : 4))
        }
        if text.count > 12, let start = text.baseAddress {
            element.pointer = UnsafePointer(start.assumingMemoryBound(to: CChar.self))
        }
        return element
    }
}

extension ChunkWriter {
    /// Writes a `VARCHAR` column: in each row, from the first on, one of the shared texts.
    ///
    /// - Parameters:
    ///   - texts: Must live until the statement has ended.
    ///   - indices: Which text each row has; at most `rowCount`.
    ///   - column: The index of a `VARCHAR` column; anything else traps.
    public func setStrings(
        _ texts: SharedStrings,
        at indices: some Collection<Int32>,
        column: Int
    ) {
        precondition(layouts[column] == .string(isJSON: false) && indices.count <= rowCount)
        guard let data = duckdb_vector_get_data(vector(column)) else { return }
        let elements = data.assumingMemoryBound(to: duckdb_string_t.self)
        for (row, index) in indices.enumerated() { elements[row] = texts[Int(index)] }
    }

    /// Writes a `VARCHAR[]` column: in each row, from the first on, a list of shared texts.
    ///
    /// - Parameters:
    ///   - texts: Must live until the statement has ended.
    ///   - lists: Which texts each row has; at most `rowCount` lists.
    ///   - column: The index of a `VARCHAR[]` column; anything else traps.
    /// - Throws: `DuckDBError` when there is no memory for the elements.
    public func setLists(
        _ texts: SharedStrings,
        at lists: [[Int]],
        column: Int
    ) throws(DuckDBError) {
        precondition(layouts[column] == .list(.string(isJSON: false)) && lists.count <= rowCount)
        let vector = vector(column)
        let total = idx_t(lists.reduce(0) { $0 + $1.count })
        guard
            duckdb_list_vector_reserve(vector, total) == DuckDBSuccess,
            duckdb_list_vector_set_size(vector, total) == DuckDBSuccess,
            let data = duckdb_vector_get_data(vector),
            let child = duckdb_list_vector_get_child(vector),
            let childData = duckdb_vector_get_data(child)
        else { throw DuckDBError(step: "write lists", message: "out of memory") }
        let entries = data.assumingMemoryBound(to: duckdb_list_entry.self)
        let elements = childData.assumingMemoryBound(to: duckdb_string_t.self)
        var end = 0
        for (row, list) in lists.enumerated() {
            entries[row] = duckdb_list_entry(offset: UInt64(end), length: UInt64(list.count))
            for index in list {
                elements[end] = texts[index]
                end += 1
            }
        }
    }
}
