import DuckDB
import Testing

@Suite("A value of a result")
struct ValueTests {
    /// One case a type: a wrong enum number or struct layout shows as another value.
    @Test(
        "is what the query computed",
        arguments: [
            ("true", SQLValue.boolean(true)),
            ("(-128)::TINYINT", .integer(-128)),
            ("(-32768)::SMALLINT", .integer(-32768)),
            ("42::INTEGER", .integer(42)),
            ("(-9223372036854775808)::BIGINT", .integer(Int128(Int64.min))),
            ("255::UTINYINT", .integer(255)),
            ("65535::USMALLINT", .integer(65535)),
            ("4294967295::UINTEGER", .integer(4_294_967_295)),
            ("18446744073709551615::UBIGINT", .integer(Int128(UInt64.max))),
            ("(-18446744073709551617)::HUGEINT", .integer(-(Int128(UInt64.max) + 2))),
            ("1.5::FLOAT", .float(1.5)),
            ("1e300::DOUBLE", .double(1e300)),
            ("12.34::DECIMAL(4,2)", .decimal(unscaled: 1234, scale: 2)),
            ("-12.34::DECIMAL(9,2)", .decimal(unscaled: -1234, scale: 2)),
            ("12.34::DECIMAL(18,4)", .decimal(unscaled: 123_400, scale: 4)),
            ("-12.34::DECIMAL(38,2)", .decimal(unscaled: -1234, scale: 2)),
            ("'exactly 12 b'", .string("exactly 12 b")),
            ("'more than 12 bytes, äöü'", .string("more than 12 bytes, äöü")),
            ("''", .string("")),
            ("'{\"a\":1}'::JSON", .json("{\"a\":1}")),
            ("'\\x00\\xFF'::BLOB", .blob([0, 255])),
            ("DATE '1969-12-31'", .date(days: -1)),
            ("TIME '00:00:01'", .time(microseconds: 1_000_000)),
            (
                "TIMESTAMP '1970-01-01 00:00:01'",
                .timestamp(1_000_000, unitsPerSecond: 1_000_000)
            ),
            ("TIMESTAMP_S '1970-01-01 00:00:01'", .timestamp(1, unitsPerSecond: 1)),
            ("TIMESTAMP_MS '1970-01-01 00:00:01'", .timestamp(1_000, unitsPerSecond: 1_000)),
            (
                "TIMESTAMP_NS '1970-01-01 00:00:01'",
                .timestamp(1_000_000_000, unitsPerSecond: 1_000_000_000)
            ),
            ("TIMESTAMPTZ '1970-01-01 02:00:00+02'", .instant(microseconds: 0)),
            ("TIMESTAMPTZ '1970-01-01 00:00:00'", .instant(microseconds: 0)),
            ("INTERVAL '1 month 2 days 3 us'", .interval(months: 1, days: 2, microseconds: 3)),
            (
                "'0123456f-89ab-cdef-0123-456789abcdef'::UUID",
                .uuid("0123456f-89ab-cdef-0123-456789abcdef")
            ),
            ("'b'::ENUM('a', 'b')", .string("b")),
            ("[1, NULL, 3]", .list([.integer(1), .null, .integer(3)])),
            ("[1, 2]::INTEGER[2]", .list([.integer(1), .integer(2)])),
            (
                "{'a': 1, 'b': ['x']}",
                .structure([
                    .init(name: "a", value: .integer(1)),
                    .init(name: "b", value: .list([.string("x")])),
                ])
            ),
            ("MAP {'k': 7}", .map([.init(key: .string("k"), value: .integer(7))])),
            ("NULL", .null),
            ("NULL::VARCHAR", .null),
            ("[]::VARCHAR[]", .list([])),
            ("'101'::BIT", .unreadable),
        ]
    )
    func isExact(expression: String, expected: SQLValue) throws {
        let connection = try Database().connect()
        #expect(try connection.scalar("SELECT \(expression)") == expected)
    }

    @Test("of a later row and chunk is that row's")
    func rowsKeepTheirPlace() throws {
        let connection = try Database().connect()
        let rows = try connection.rows(
            """
            SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE 'text number ' || i END,
                   [i, i + 1], {'half': i / 2.0::DOUBLE}
            FROM range(5000) t(i) ORDER BY i
            """
        )
        #expect(rows.count == 5000)
        #expect(rows[4321][0] == .integer(4321))
        #expect(rows[4321][1] == .string("text number 4321"))
        #expect(rows[4320][1] == .null)
        #expect(rows[4321][2] == .list([.integer(4321), .integer(4322)]))
        #expect(rows[4321][3] == .structure([.init(name: "half", value: .double(2160.5))]))
    }

    @Test("is read in bulk as it lies in memory")
    func bulkReading() throws {
        let connection = try Database().connect()
        let result = try connection.query(
            """
            SELECT i::DOUBLE AS x, CASE WHEN i % 2 = 0 THEN repeat('ab', i % 20) END AS t, i
            FROM range(10000) t(i)
            """
        )
        #expect(result.columns.map(\.name) == ["x", "t", "i"])
        #expect(result.columns.map(\.type) == [.double, .string(isJSON: false), .int64])
        var sum = 0.0
        var bytes = 0
        var nulls = 0
        while let chunk = try result.nextChunk() {
            chunk.withValues(of: 0, as: Double.self) { values, validity in
                #expect(validity.isAllValid)
                for value in values { sum += value }
            }
            chunk.withStrings(of: 1) { texts in
                for row in 0..<texts.count {
                    guard texts.validity[row] else {
                        nulls += 1
                        continue
                    }
                    bytes += texts.withBytes(of: row) { $0.count }
                }
            }
        }
        #expect(sum == 49_995_000)
        #expect(nulls == 5000)
        #expect(bytes == 90_000)
    }
}
