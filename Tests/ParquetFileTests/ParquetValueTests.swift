import DuckDB
import ParquetFile
import Testing

@Suite("A Parquet file")
struct ParquetValueTests {
    private static let columns = [
        ParquetColumn("place", .string), ParquetColumn("year", .int32), ParquetColumn("id", .int64),
        ParquetColumn("rate", .double), ParquetColumn("tags", .strings),
    ]

    private static let texts = ParquetTexts(["", "Zürich", "a\u{0}b", "日本", "plain"])

    @Test("gives back every kind of column")
    func kinds() throws {
        let file = try ScratchParquet(
            Self.columns,
            [
                (
                    [
                        .texts(Self.texts, codes: [1, 0, 2, 3]),
                        .int32([.max, .min, -1], codes: [0, 1, 2, 2]),
                        .int64([.max, .min], codes: [1, 0, 0, 1]),
                        .doubles([1.5, -0.0, .greatestFiniteMagnitude, .infinity]),
                        .lists(Self.texts, codes: [1, 0, 3, 3], lengths: [0, 1, 3, 0]),
                    ], 4
                )
            ]
        )
        let rows = try file.rows("place, year, id, rate, tags")
        let expected: [[SQLValue]] = [
            [
                .string("Zürich"), .integer(Int128(Int32.max)), .integer(Int128(Int64.min)),
                .double(1.5), .list([]),
            ],
            [
                .string(""), .integer(Int128(Int32.min)), .integer(Int128(Int64.max)),
                .double(-0.0), .list([.string("Zürich")]),
            ],
            [
                .string("a\u{0}b"), .integer(-1), .integer(Int128(Int64.max)),
                .double(.greatestFiniteMagnitude),
                .list([.string(""), .string("日本"), .string("日本")]),
            ],
            [
                .string("日本"), .integer(-1), .integer(Int128(Int64.min)), .double(.infinity),
                .list([]),
            ],
        ]
        #expect(rows == expected)
        #expect(
            try file.connection.rows("SELECT column_type FROM (DESCRIBE FROM '\(file.path)')")
                == ["VARCHAR", "INTEGER", "BIGINT", "DOUBLE", "VARCHAR[]"].map { [.string($0)] }
        )
    }

    @Test("may have no row at all")
    func noRows() throws {
        let none: [ParquetValues] = [
            .texts(Self.texts, codes: []), .int32([], codes: []), .int64([], codes: []),
            .doubles([]), .lists(Self.texts, codes: [], lengths: []),
        ]
        let file = try ScratchParquet(Self.columns, [(none, 0)])
        #expect(try file.rows().isEmpty)
        #expect(try file.metadata("1").isEmpty)
        #expect(file.facts.rows == 0)
        #expect(file.facts.columns.allSatisfy { $0.minimum == nil && $0.maximum == nil })
    }

    @Test("may have one row, in several groups")
    func oneRowEach() throws {
        var groups: [(values: [ParquetValues], rows: Int)] = []
        for code: Int32 in 0..<3 {
            let tags = [Int32](repeating: 1, count: Int(code))
            let values: [ParquetValues] = [
                .oneText(Self.texts, runs: [(code: code, count: 1)]),
                .int32([7, 8, 9], codes: [code]), .int64([-7, -8, -9], codes: [code]),
                .doubles([Double(code)]), .lists(Self.texts, codes: tags, lengths: [code]),
            ]
            groups.append((values, 1))
        }
        let file = try ScratchParquet(Self.columns, groups)
        #expect(file.facts.rows == 3)
        #expect(
            try file.rows("place") == [[.string("")], [.string("Zürich")], [.string("a\u{0}b")]]
        )
        #expect(
            try file.rows("year, id").map { $0[1] } == [.integer(-7), .integer(-8), .integer(-9)]
        )
        #expect(try file.rows("len(tags)") == [[.integer(0)], [.integer(1)], [.integer(2)]])
        #expect(try file.metadata("DISTINCT row_group_id").count == 3)
    }

    @Test("holds codes of any width, in pages", arguments: 0...20)
    func widths(width: Int) throws {
        let distinct = 1 << width
        let rows = 2 * distinct + 5
        let codes = (0..<rows).map { Int32(truncatingIfNeeded: $0 &* 7919 & (distinct - 1)) }
        let file = try ScratchParquet(
            [ParquetColumn("a", .int64), ParquetColumn("b", .int32)],
            [
                (
                    [
                        .int64((0..<distinct).map { Int64($0) * 3 }, codes: codes),
                        .int32((0..<distinct).map { -Int32($0) }, codes: codes),
                    ], rows
                )
            ]
        )
        let wrong = try file.value(
            "count(*)",
            where: "a <> (file_row_number * 7919 % \(distinct)) * 3 OR b * -3 <> a"
        )
        #expect(wrong == .integer(0))
        #expect(try file.value("count(*)") == .integer(Int128(rows)))
        let encodings = try file.metadata("contains(encodings, 'RLE_DICTIONARY')")
        #expect(encodings == [[.boolean(true)], [.boolean(true)]])
    }

    @Test("holds numbers plain where most of them differ")
    func distinctNumbers() throws {
        let rows = 300_000
        let codes = (0..<Int32(rows)).map { Int32(rows) - 1 - $0 }
        let file = try ScratchParquet(
            [ParquetColumn("a", .int64)],
            [([.int64((0..<Int64(rows)).map { $0 * $0 }, codes: codes)], rows)]
        )
        #expect(
            try file.value("count(*)", where: "a <> (299999 - file_row_number) ** 2") == .integer(0)
        )
        #expect(try file.metadata("encodings") == [[.string("PLAIN")]])
    }

    @Test("holds runs of equal rows across pages")
    func runs() throws {
        let file = try ScratchParquet(
            [ParquetColumn("a", .string)],
            [
                (
                    [
                        .oneText(
                            Self.texts,
                            runs: [
                                (code: 4, count: 3), (code: 0, count: 0), (code: 1, count: 400_000),
                                (code: 3, count: 1),
                            ]
                        )
                    ], 400_004
                )
            ]
        )
        let counts = try file.connection.rows(
            "SELECT a, count(*) FROM '\(file.path)' GROUP BY a ORDER BY count(*) DESC, a"
        )
        #expect(
            counts == [
                [.string("Zürich"), .integer(400_000)], [.string("plain"), .integer(3)],
                [.string("日本"), .integer(1)],
            ]
        )
    }

    @Test("holds lists longer than a page, and many empty ones")
    func longLists() throws {
        let lengths: [Int32] = [300_000] + .init(repeating: 0, count: 200_000) + [2]
        let codes = (0..<300_002).map { Int32($0 % 5) }
        let file = try ScratchParquet(
            [ParquetColumn("a", .strings)],
            [([.lists(Self.texts, codes: codes, lengths: lengths)], lengths.count)]
        )
        let counts = try file.rows("len(a), a[2]", where: "len(a) > 0")
        #expect(
            counts == [[.integer(300_000), .string("Zürich")], [.integer(2), .string("Zürich")]]
        )
        #expect(try file.value("count(*)") == .integer(200_002))
        #expect(try file.value("count(*)", where: "a IS NULL") == .integer(0))
    }
}
