/// Makes row groups of columns; many threads may use one at the same time.
public struct ParquetEncoder: Sendable {
    private let columns: [ParquetColumn]
    private let shelf = WorkbenchShelf()

    /// An encoder for files with these columns.
    public init(_ columns: [ParquetColumn]) { self.columns = columns }

    /// The rows as a file holds them.
    ///
    /// - Parameters:
    ///   - values: One for each column, of its kind, each for that many rows; otherwise the program
    ///     stops.
    ///   - rows: How many there are; a group without rows leaves nothing in a file.
    /// - Returns: The row group, for files with these columns.
    public func encode(_ values: [ParquetValues], rows: Int) -> EncodedRowGroup {
        precondition(
            values.count == columns.count && zip(values, columns).allSatisfy { $0.suits($1.kind) },
            "values that do not suit the columns"
        )
        // Memory that is never touched costs nothing.
        let output = ByteBuffer(capacity: rows * columns.count * 8 + 4096)
        guard rows > 0 else { return EncodedRowGroup(rows: 0, bytes: output, chunks: []) }
        let chunks = shelf.lend { bench in
            values.map { values in
                var writer = ChunkWriter(bench, output: output)
                writer.encode(values, rows: rows)
                return writer.chunk
            }
        }
        return EncodedRowGroup(rows: rows, bytes: output, chunks: chunks)
    }
}

extension ChunkWriter {
    fileprivate mutating func encode(_ values: ParquetValues, rows: Int) {
        switch values {
        case .texts(let texts, let codes):
            codes.withUnsafeBufferPointer { encode(texts, codes: checked($0, rows)) }
        case .unsafeTexts(let texts, let codes): encode(texts, codes: checked(codes, rows))
        case .oneText(let texts, let runs):
            precondition(
                runs.reduce(0) { $0 + $1.count } == rows,
                "runs of other than \(rows) rows"
            )
            encode(texts, runs: runs, rows: rows)
        case .int32(let numbers, let codes):
            codes.withUnsafeBufferPointer { encode(numbers, codes: checked($0, rows)) }
        case .unsafeInt32(let numbers, let codes): encode(numbers, codes: checked(codes, rows))
        case .int64(let numbers, let codes):
            codes.withUnsafeBufferPointer { encode(numbers, codes: checked($0, rows)) }
        case .unsafeInt64(let numbers, let codes): encode(numbers, codes: checked(codes, rows))
        case .doubles(let numbers):
            numbers.withUnsafeBufferPointer { encode(checked($0, rows)) }
        case .unsafeDoubles(let numbers): encode(checked(numbers, rows))
        case .lists(let texts, let codes, let lengths):
            precondition(
                lengths.allSatisfy { $0 >= 0 } && lengths.reduce(0) { $0 + Int($1) } == codes.count,
                "lists of other than \(codes.count) elements"
            )
            codes.withUnsafeBufferPointer { codes in
                lengths.withUnsafeBufferPointer {
                    encode(texts, codes: codes, lengths: checked($0, rows))
                }
            }
        }
    }

    private func checked<Value>(
        _ values: UnsafeBufferPointer<Value>,
        _ rows: Int
    ) -> UnsafeBufferPointer<Value> {
        precondition(values.count == rows, "\(values.count) values for \(rows) rows")
        return values
    }
}
