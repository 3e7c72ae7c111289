extension Footer {
    func addGroup(_ index: Int, to writer: inout ThriftWriter) {
        let group = groups[index]
        writer.list(1, of: .structure, count: columns.count)
        for (column, chunk) in zip(columns, group.chunks) {
            writer.fields {
                $0.int64(2, 0)
                $0.structure(3) { add(chunk, column, from: group.offset, to: &$0) }
            }
        }
        writer.int64(2, group.chunks.reduce(0) { $0 + $1.plainSize })
        writer.int64(3, group.rows)
        writer.int64(5, group.offset)
        writer.int64(6, group.chunks.reduce(0) { $0 + $1.size })
        // Sixteen bits hold it, and it may be left out.
        if index <= Int16.max { writer.int16(7, index) }
    }

    private func add(
        _ chunk: EncodedChunk,
        _ column: ParquetColumn,
        from offset: Int,
        to writer: inout ThriftWriter
    ) {
        var encodings: Set<Int> = [chunk.encoding.rawValue]
        if chunk.dictionaryOffset != nil { encodings.insert(EncodedChunk.Encoding.plain.rawValue) }
        if column.kind == .strings { encodings.insert(EncodedChunk.Encoding.rle.rawValue) }
        let path = column.kind == .strings ? [column.name, "list", "element"] : [column.name]
        writer.int32(1, column.kind.physicalType)
        writer.list(2, of: .int32, count: encodings.count)
        for encoding in encodings.sorted() { writer.element(encoding) }
        writer.list(3, of: .binary, count: path.count)
        for name in path { writer.element(name.utf8) }
        writer.int32(4, chunk.isCompressed ? 6 : 0)
        writer.int64(5, chunk.values)
        writer.int64(6, chunk.plainSize)
        writer.int64(7, chunk.size)
        writer.int64(9, offset + chunk.dataOffset)
        if let dictionary = chunk.dictionaryOffset { writer.int64(11, offset + dictionary) }
        writer.structure(12) { addStatistics(chunk, column, to: &$0) }
    }

    private func addStatistics(
        _ chunk: EncodedChunk,
        _ column: ParquetColumn,
        to writer: inout ThriftWriter
    ) {
        // Writers disagree about whether a list without elements counts, so nothing is said then.
        if chunk.emptyLists == 0 { writer.int64(3, 0) }
        guard let bounds = chunk.bounds,
            let minimum = Self.plain(bounds.minimum, column.kind),
            let maximum = Self.plain(bounds.maximum, column.kind)
        else { return }
        writer.binary(5, maximum)
        writer.binary(6, minimum)
        writer.bool(7, true)
        writer.bool(8, true)
        if column.kind == .double { writer.int64(9, 0) }
    }

    /// The bytes of a bound; nil for a text that is too long for a footer.
    private static func plain(_ value: ParquetScalar, _ kind: ParquetColumn.Kind) -> [UInt8]? {
        switch value {
        case .text(let text): text.utf8.count <= longestText ? Array(text.utf8) : nil
        case .integer(let number) where kind == .int32:
            withUnsafeBytes(of: Int32(truncatingIfNeeded: number).littleEndian) { Array($0) }
        case .integer(let number): withUnsafeBytes(of: number.littleEndian) { Array($0) }
        case .number(let number):
            withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) }
        }
    }

    private static let longestText = 64
}
