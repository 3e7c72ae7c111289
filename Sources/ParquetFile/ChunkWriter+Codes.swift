extension ChunkWriter {
    /// The rows, or the least number of list elements, of a full page.
    static let pageRows = 131_072

    /// Texts by codes.
    mutating func encode(_ texts: ParquetTexts, codes: UnsafeBufferPointer<Int32>) {
        let used = UsedCodes(codes, limit: texts.count)
        addDictionary(of: texts, used)
        addPages(of: codes, used)
    }

    /// Texts by runs of equal codes.
    mutating func encode(_ texts: ParquetTexts, runs: [(code: Int32, count: Int)], rows: Int) {
        let used = UsedCodes(runs, limit: texts.count)
        addDictionary(of: texts, used)
        var run = 0
        var left = runs[0].count
        for start in stride(from: 0, to: rows, by: Self.pageRows) {
            let places = bench.numbers(min(Self.pageRows, rows - start))
            var filled = 0
            while filled < places.count {
                while left == 0 {
                    run += 1
                    left = runs[run].count
                }
                let count = min(left, places.count - filled)
                places[filled..<(filled + count)].update(repeating: used.place(of: runs[run].code))
                filled += count
                left -= count
            }
            addPage(of: UnsafeBufferPointer(places), width: used.width)
        }
    }

    /// Whole numbers by codes, or plain if most rows have a value of their own.
    mutating func encode<Number: FixedWidthInteger>(
        _ numbers: [Number],
        codes: UnsafeBufferPointer<Int32>
    ) {
        let used = UsedCodes(codes, limit: numbers.count)
        var least = numbers[Int(used.codes[0])]
        var greatest = least
        for code in used.codes {
            least = min(least, numbers[Int(code)])
            greatest = max(greatest, numbers[Int(code)])
        }
        chunk.bounds = ChunkBounds(
            minimum: .integer(Int64(least)),
            maximum: .integer(Int64(greatest))
        )
        guard used.codes.count * 2 > codes.count else {
            used.codes.withUnsafeBufferPointer { gather(numbers, codes: $0) }
            addDictionary(bench.page.bytes, count: used.codes.count)
            return addPages(of: codes, used)
        }
        for start in stride(from: 0, to: codes.count, by: Self.pageRows) {
            let page = codes[start..<min(start + Self.pageRows, codes.count)]
            gather(numbers, codes: UnsafeBufferPointer(rebasing: page))
            addPage(bench.page.bytes, count: page.count)
        }
    }

    /// The dictionary page of the texts in use, and their bounds.
    mutating func addDictionary(of texts: ParquetTexts, _ used: UsedCodes) {
        let bounds = texts.bounds(of: used.codes)
        chunk.bounds = ChunkBounds(
            minimum: .text(texts[bounds.least]),
            maximum: .text(texts[bounds.greatest])
        )
        bench.dictionary.removeAll()
        texts.plain.withUnsafeBytes { plain in
            func add(_ codes: Range<Int>) {
                bench.dictionary.append(
                    UnsafeRawBufferPointer(rebasing: plain[texts.place(of: codes)])
                )
            }
            if used.isRange, let last = used.codes.last {
                add(Int(used.codes[0])..<Int(last) + 1)
            } else {
                for code in used.codes { add(Int(code)..<Int(code) + 1) }
            }
        }
        addDictionary(bench.dictionary.bytes, count: used.codes.count)
    }

    /// The values of codes, plain, in the bench's page.
    private func gather<Number: FixedWidthInteger>(
        _ numbers: [Number],
        codes: UnsafeBufferPointer<Int32>
    ) {
        bench.page.removeAll()
        let size = codes.count * MemoryLayout<Number>.stride
        let output = bench.page.room(for: size).bindMemory(to: Number.self, capacity: codes.count)
        numbers.withUnsafeBufferPointer { numbers in
            for index in codes.indices { output[index] = numbers[Int(codes[index])].littleEndian }
        }
        bench.page.advance(by: size)
    }

    private mutating func addPages(of codes: UnsafeBufferPointer<Int32>, _ used: UsedCodes) {
        for start in stride(from: 0, to: codes.count, by: Self.pageRows) {
            let page = codes[start..<min(start + Self.pageRows, codes.count)]
            let places = bench.numbers(page.count)
            used.place(UnsafeBufferPointer(rebasing: page), into: places)
            addPage(of: UnsafeBufferPointer(places), width: used.width)
        }
    }

    /// A page of places in the dictionary: their width, then they.
    private mutating func addPage(of places: UnsafeBufferPointer<UInt32>, width: Int) {
        bench.page.removeAll()
        bench.page.append(UInt8(width))
        if let start = places.baseAddress {
            HybridEncoding.append(start, count: places.count, width: width, to: bench.page)
        }
        addPage(bench.page.bytes, count: places.count)
    }
}
