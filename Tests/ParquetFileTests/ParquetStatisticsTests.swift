import DuckDB
import ParquetFile
import Testing

@Suite("Statistics of a Parquet file")
struct ParquetStatisticsTests {
    @Test("are the least and greatest values that are there")
    func bounds() throws {
        let texts = ParquetTexts(["zz", "unused", "é", "aa", "", "b"])
        func group(_ first: Int32, _ number: Double) -> (values: [ParquetValues], rows: Int) {
            (
                [
                    .texts(texts, codes: [first, 3, 5]), .int32([-5, 9, 100], codes: [0, 1, 0]),
                    .int64([-5, 9], codes: [1, 1, 1]), .doubles([number, 2, 1]),
                    .lists(texts, codes: [first, 3], lengths: [1, 1, 0]),
                ], 3
            )
        }
        let file = try ScratchParquet(
            [
                ParquetColumn("a", .string), ParquetColumn("b", .int32), ParquetColumn("c", .int64),
                ParquetColumn("d", .double), ParquetColumn("e", .strings),
            ],
            [group(0, -3), group(2, 0)]
        )
        let metadata = try file.metadata("stats_min_value, stats_max_value, stats_null_count")
        let expected: [[SQLValue]] = [
            [.string("aa"), .string("zz"), .integer(0)],
            [.string("-5"), .string("9"), .integer(0)],
            [.string("9"), .string("9"), .integer(0)],
            [.string("-3.0"), .string("2.0"), .integer(0)], [.string("aa"), .string("zz"), .null],
            [.string("aa"), .string("é"), .integer(0)], [.string("-5"), .string("9"), .integer(0)],
            [.string("9"), .string("9"), .integer(0)],
            [.string("-0.0"), .string("2.0"), .integer(0)], [.string("aa"), .string("é"), .null],
        ]
        #expect(metadata == expected)
        let columns = file.facts.columns
        #expect(columns.map(\.name) == ["a", "b", "c", "d", "e"])
        #expect(
            columns.map(\.minimum)
                == [.text("aa"), .integer(-5), .integer(9), .number(-3), nil]
        )
        #expect(columns.map(\.maximum) == [.text("é"), .integer(9), .integer(9), .number(2), nil])
        #expect(columns.allSatisfy { $0.nullCount == 0 })
        let size = try file.connection.scalar("SELECT size FROM read_blob('\(file.path)')")
        #expect(size == .integer(Int128(file.facts.size)))
    }

    @Test("leave out texts that are too long for a footer, and tell them to the caller")
    func longText() throws {
        let long = String(repeating: "x", count: 65)
        let file = try ScratchParquet(
            [ParquetColumn("a", .string)],
            [([.texts(ParquetTexts([long, "y"]), codes: [0, 1])], 2)]
        )
        #expect(try file.metadata("stats_min_value, stats_max_value") == [[.null, .null]])
        #expect(file.facts.columns[0].minimum == .text(long))
        #expect(try file.rows("a") == [[.string(long)], [.string("y")]])
    }

    @Test("of zeros have both signs, and there are none of what is no number")
    func oddNumbers() throws {
        func file(_ numbers: [Double]) throws -> ScratchParquet {
            try ScratchParquet(
                [ParquetColumn("a", .double)],
                [([.doubles(numbers)], numbers.count)]
            )
        }
        func bits(_ value: ParquetScalar?) -> UInt64? {
            guard case .number(let number) = value else { return nil }
            return number.bitPattern
        }
        let zeros = try file([0, 0, 0, 0, 0]).facts.columns[0]
        #expect(bits(zeros.minimum) == (-0.0).bitPattern)
        #expect(bits(zeros.maximum) == (0.0).bitPattern)
        for place in 0..<5 {
            var numbers: [Double] = [1, 2, 3, 4, 5]
            numbers[place] = .nan
            let strange = try file(numbers)
            #expect(strange.facts.columns[0].minimum == nil)
            #expect(try strange.metadata("stats_min_value") == [[.null]])
        }
    }

    @Test("let a reader skip row groups and find what is in them")
    func filters() throws {
        let texts = ParquetTexts((0..<100).map { "t\($0 + 100)" })
        let groups: [(values: [ParquetValues], rows: Int)] = (0..<10).map { index in
            let codes = (0..<1000).map { Int32(index * 10 + $0 % 10) }
            return (
                [.texts(texts, codes: codes), .doubles(codes.map { Double($0) })], 1000
            )
        }
        let file = try ScratchParquet(
            [ParquetColumn("a", .string), ParquetColumn("b", .double)],
            groups
        )
        #expect(try file.value("count(*)", where: "a = 't137'") == .integer(100))
        #expect(try file.value("count(*)", where: "b BETWEEN 29 AND 30") == .integer(200))
        #expect(try file.value("min(a)") == .string("t100"))
    }
}
