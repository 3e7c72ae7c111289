/// What stands at the end of a Parquet file: its schema and where its row groups are.
struct Footer {
    let columns: [ParquetColumn]
    /// Row groups in order, with the offset of the first byte of each.
    var groups: [(offset: Int, rows: Int, chunks: [EncodedChunk])] = []
    var rows = 0

    init(_ columns: [ParquetColumn]) { self.columns = columns }

    /// The footer without its length.
    func encoded() -> [UInt8] {
        var writer = ThriftWriter()
        writer.fields { file in
            file.int32(1, 1)
            addSchema(to: &file)
            file.int64(3, rows)
            file.list(4, of: .structure, count: groups.count)
            for index in groups.indices { file.fields { addGroup(index, to: &$0) } }
            file.text(6, "sluice")
            file.list(7, of: .structure, count: columns.count)
            for _ in columns { file.fields { $0.structure(1) { _ in } } }
        }
        return writer.bytes
    }

    /// The bounds of a column in all groups.
    func bounds(of column: Int) -> ChunkBounds? {
        guard var bounds = groups.first?.chunks[column].bounds else { return nil }
        for group in groups.dropFirst() {
            guard let others = group.chunks[column].bounds else { return nil }
            bounds = bounds.joined(with: others)
        }
        return bounds
    }

    private func addSchema(to file: inout ThriftWriter) {
        let entries = columns.reduce(1) { $0 + ($1.kind == .strings ? 3 : 1) }
        file.list(2, of: .structure, count: entries)
        file.fields {
            $0.text(4, "schema")
            $0.int32(5, columns.count)
        }
        for column in columns {
            guard column.kind == .strings else {
                file.fields { addLeaf(column.name, column.kind, Self.required, to: &$0) }
                continue
            }
            file.fields {
                $0.int32(3, Self.optional)
                $0.text(4, column.name)
                $0.int32(5, 1)
                $0.int32(6, 3)
                $0.structure(10) { $0.structure(3) { _ in } }
            }
            file.fields {
                $0.int32(3, Self.repeated)
                $0.text(4, "list")
                $0.int32(5, 1)
            }
            file.fields { addLeaf("element", .string, Self.optional, to: &$0) }
        }
    }

    private func addLeaf(
        _ name: String,
        _ kind: ParquetColumn.Kind,
        _ repetition: Int,
        to entry: inout ThriftWriter
    ) {
        entry.int32(1, kind.physicalType)
        entry.int32(3, repetition)
        entry.text(4, name)
        guard kind == .string else { return }
        entry.int32(6, 0)
        entry.structure(10) { $0.structure(1) { _ in } }
    }

    private static let required = 0
    private static let optional = 1
    private static let repeated = 2
}

extension ParquetColumn.Kind {
    /// The number that the format gives to the type of the values.
    var physicalType: Int {
        switch self {
        case .int32: 1
        case .int64: 2
        case .double: 5
        case .string, .strings: 6
        }
    }
}
