/// Puts the pages of one column behind those of the columns before it.
struct ChunkWriter {
    let bench: Workbench
    let output: ByteBuffer
    var chunk = EncodedChunk()

    init(_ bench: Workbench, output: ByteBuffer) {
        self.bench = bench
        self.output = output
    }

    /// The page that a chunk with codes begins with: distinct values, plain.
    mutating func addDictionary(_ plain: UnsafeRawBufferPointer, count: Int) {
        chunk.dictionaryOffset = output.count
        chunk.encoding = .rleDictionary
        add(plain, type: 2) { header in
            header.structure(7) {
                $0.int32(1, count)
                $0.int32(2, EncodedChunk.Encoding.plain.rawValue)
            }
        }
    }

    /// A page of values; `count` are they and the lists without any.
    mutating func addPage(_ bytes: UnsafeRawBufferPointer, count: Int) {
        if chunk.values == 0 { chunk.dataOffset = output.count }
        chunk.values += count
        let encoding = chunk.encoding
        add(bytes, type: 0) { header in
            header.structure(5) {
                $0.int32(1, count)
                $0.int32(2, encoding.rawValue)
                $0.int32(3, EncodedChunk.Encoding.rle.rawValue)
                $0.int32(4, EncodedChunk.Encoding.rle.rawValue)
            }
        }
    }

    private mutating func add(
        _ bytes: UnsafeRawBufferPointer,
        type: Int,
        _ details: (inout ThriftWriter) -> Void
    ) {
        let packed = chunk.isCompressed ? bench.compressed(bytes) : bytes
        var header = ThriftWriter()
        header.fields {
            $0.int32(1, type)
            $0.int32(2, bytes.count)
            $0.int32(3, packed.count)
            details(&$0)
        }
        header.bytes.withUnsafeBytes { output.append($0) }
        output.append(packed)
        chunk.size += header.bytes.count + packed.count
        chunk.plainSize += header.bytes.count + bytes.count
    }
}
