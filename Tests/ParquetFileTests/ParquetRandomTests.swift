import DuckDB
import ParquetFile
import TestSupport
import Testing

@Suite("Parquet files of random tables")
struct ParquetRandomTests {
    @Test("read as they were written", arguments: 0..<40)
    func randomTables(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let names = (0..<Int.random(in: 1...500, using: &random)).map { "n\($0)·" }
        let texts = ParquetTexts(names)
        let numbers = names.indices.map { _ in Int64.random(in: .min ... .max, using: &random) }
        let small = numbers.map { Int32(truncatingIfNeeded: $0) }
        var groups: [(values: [ParquetValues], rows: Int)] = []
        var expected: [[SQLValue]] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let rows = Int.random(in: 1...3000, using: &random)
            let codes = (0..<4).map { _ in Self.codes(rows, below: names.count, &random) }
            let lengths = Self.codes(rows, below: 6, &random)
            let elements = Self.codes(
                lengths.reduce(0) { $0 + Int($1) },
                below: names.count,
                &random
            )
            let doubles = (0..<rows).map { _ in Double.random(in: -1...1, using: &random) }
            let runs = codes[3].map { (code: $0, count: 1) }
            groups.append(
                (
                    [
                        .texts(texts, codes: codes[0]), .oneText(texts, runs: runs),
                        .int32(small, codes: codes[1]), .int64(numbers, codes: codes[2]),
                        .doubles(doubles), .lists(texts, codes: elements, lengths: lengths),
                    ], rows
                )
            )
            var element = 0
            for row in 0..<rows {
                let end = element + Int(lengths[row])
                let list = elements[element..<end].map { SQLValue.string(names[Int($0)]) }
                element = end
                expected.append([
                    .string(names[Int(codes[0][row])]), .string(names[Int(codes[3][row])]),
                    .integer(Int128(small[Int(codes[1][row])])),
                    .integer(Int128(numbers[Int(codes[2][row])])), .double(doubles[row]),
                    .list(list),
                ])
            }
        }
        let file = try ScratchParquet(
            [
                ParquetColumn("a", .string), ParquetColumn("b", .string),
                ParquetColumn("c", .int32),
                ParquetColumn("d", .int64), ParquetColumn("e", .double),
                ParquetColumn("f", .strings),
            ],
            groups
        )
        let rows = try file.rows("a, b, c, d, e, f")
        #expect(rows.count == expected.count)
        let different = zip(rows, expected).enumerated().first { $0.element.0 != $0.element.1 }
        #expect(different == nil, "row \(String(describing: different))")
    }

    /// Codes in runs of many lengths, so that runs begin and end anywhere.
    private static func codes(
        _ count: Int,
        below limit: Int,
        _ random: inout SeededGenerator
    ) -> [Int32] {
        var codes: [Int32] = []
        let longest = [1, 2, 9, 20, 1000].randomElement(using: &random) ?? 1
        while codes.count < count {
            let run = Int.random(in: 1...longest, using: &random)
            let code = Int32.random(in: 0..<Int32(limit), using: &random)
            codes.append(contentsOf: repeatElement(code, count: min(run, count - codes.count)))
        }
        return codes
    }
}
