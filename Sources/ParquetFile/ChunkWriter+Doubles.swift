extension ChunkWriter {
    /// Numbers, plain; not compressed either where that would gain little.
    mutating func encode(_ numbers: UnsafeBufferPointer<Double>) {
        chunk.bounds = Self.bounds(of: numbers)
        if numbers.count > 4 * Self.sample {
            let middle = numbers.count / 2
            let some = UnsafeRawBufferPointer(
                UnsafeBufferPointer(rebasing: numbers[middle..<(middle + Self.sample)])
            )
            chunk.isCompressed = bench.compressed(some).count < some.count / 8 * 7
        }
        for start in stride(from: 0, to: numbers.count, by: Self.pageRows) {
            let page = numbers[start..<min(start + Self.pageRows, numbers.count)]
            addPage(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: page)), count: page.count)
        }
    }

    /// How many numbers tell whether compressing is worth its time.
    private static let sample = 4096

    /// The bounds with zeros as Parquet asks; nil if something is not a number.
    static func bounds(of numbers: UnsafeBufferPointer<Double>) -> ChunkBounds? {
        var least = SIMD4<Double>(repeating: .infinity)
        var greatest = -least
        var strange = SIMDMask<SIMD4<Int64>>(repeating: false)
        let whole = numbers.count & ~3
        for start in stride(from: 0, to: whole, by: 4) {
            let four = UnsafeRawBufferPointer(numbers).loadUnaligned(
                fromByteOffset: start * MemoryLayout<Double>.stride,
                as: SIMD4<Double>.self
            )
            strange .|= four .!= four
            least.replace(with: four, where: four .< least)
            greatest.replace(with: four, where: four .> greatest)
        }
        for number in numbers[whole...] {
            if number.isNaN { return nil }
            least[0] = Swift.min(least[0], number)
            greatest[0] = Swift.max(greatest[0], number)
        }
        if any(strange) { return nil }
        let minimum = least.min()
        let maximum = greatest.max()
        return ChunkBounds(
            minimum: .number(minimum == 0 ? -0.0 : minimum),
            maximum: .number(maximum == 0 ? 0.0 : maximum)
        )
    }
}
