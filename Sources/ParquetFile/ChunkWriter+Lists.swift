extension ChunkWriter {
    /// Lists of texts by codes and the number of codes of each list.
    mutating func encode(
        _ texts: ParquetTexts,
        codes: UnsafeBufferPointer<Int32>,
        lengths: UnsafeBufferPointer<Int32>
    ) {
        // Without any element there is nothing for a dictionary to hold.
        let used = codes.isEmpty ? nil : UsedCodes(codes, limit: texts.count)
        if let used { addDictionary(of: texts, used) }
        var row = 0
        var element = 0
        while row < lengths.count {
            var end = row
            var entries = 0
            var count = 0
            while end < lengths.count, entries < Self.pageRows {
                count += Int(lengths[end])
                entries += max(1, Int(lengths[end]))
                end += 1
            }
            bench.page.removeAll()
            addLevels(UnsafeBufferPointer(rebasing: lengths[row..<end]), entries: entries)
            if let used {
                let page = UnsafeBufferPointer(rebasing: codes[element..<(element + count)])
                let places = bench.numbers(count)
                used.place(page, into: places)
                bench.page.append(UInt8(used.width))
                append(places, width: used.width)
            }
            addPage(bench.page.bytes, count: entries)
            row = end
            element += count
        }
    }

    /// Repetition levels: whether an entry goes on with a list; then definition levels.
    private mutating func addLevels(_ lengths: UnsafeBufferPointer<Int32>, entries: Int) {
        let levels = bench.numbers(entries)
        levels.update(repeating: 1)
        var place = 0
        for length in lengths {
            levels[place] = 0
            place += max(1, Int(length))
        }
        appendLevels(levels, width: 1)
        levels.update(repeating: Self.present)
        place = 0
        for length in lengths {
            if length == 0 {
                levels[place] = Self.emptyList
                chunk.emptyLists += 1
            }
            place += max(1, Int(length))
        }
        appendLevels(levels, width: 2)
    }

    /// How many of the optional or repeated levels (list, entry, element) are there.
    private static let emptyList: UInt32 = 1
    private static let present: UInt32 = 3

    private func appendLevels(_ levels: UnsafeMutableBufferPointer<UInt32>, width: Int) {
        let start = bench.page.count
        withUnsafeBytes(of: UInt32(0)) { bench.page.append($0) }
        append(levels, width: width)
        bench.page.overwrite(at: start, with: UInt32(bench.page.count - start - 4))
    }

    private func append(_ values: UnsafeMutableBufferPointer<UInt32>, width: Int) {
        guard !values.isEmpty, let start = values.baseAddress else { return }
        HybridEncoding.append(start, count: values.count, width: width, to: bench.page)
    }
}
