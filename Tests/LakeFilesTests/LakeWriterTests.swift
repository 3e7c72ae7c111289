import DeltaTable
import DuckDB
import LakeFiles
import TestSupport
import Testing

@Suite("Written lake files")
struct LakeWriterTests {
    static let everyType = DeltaSchema([
        "l": .long, "i": .integer, "d": .double, "de": .decimal(precision: 12, scale: 3),
        "b": .boolean, "s": .string, "bi": .binary, "da": .date, "ts": .timestamp,
        "a": .array(of: .long, containsNull: true),
        "st": .structure([
            .init(name: "x", type: .string),
            .init(name: "y", type: .array(of: .double, containsNull: true)),
        ]),
    ])

    @Test("read back as they were, in every type, by the delta extension and by our relation")
    func everyTypeRoundTrip() throws {
        let table = try LakeTable()
        let select = """
            SELECT 9007199254740993 AS l, 7 AS i, 1e-300 AS d, 123456789.125 AS de, true AS b,
                   'ä "quoted" \\ text' AS s, '\\x00\\xFF'::BLOB AS bi, DATE '1969-07-20' AS da,
                   TIMESTAMPTZ '1969-12-31 23:59:59.999999+00' AS ts, [1, NULL, 3] AS a,
                   {'x': 'z', 'y': [0.5]} AS st
            UNION ALL SELECT NULL, NULL, 'nan', NULL, NULL, '', NULL, NULL, NULL, NULL, NULL
            """
        try table.append(select, schema: Self.everyType)
        let expected = try table.connection.rows(
            "SELECT \(Self.everyType.fields.map { "\($0.name)::\($0.type.duckDBName)::VARCHAR" }.joined(separator: ", ")) FROM (\(select))"
        )
        let query = "SELECT COLUMNS(*)::VARCHAR FROM TABLE ORDER BY l NULLS LAST"
        #expect(try table.scanned(query) == expected)
        #expect(try table.related(query) == expected)
    }

    @Test(
        "carry partition values through paths, log and readers",
        arguments: [
            "plain", "a b", "100%", "a:b", "a/b", "k=v", "Zürich", "日本", "quote'\"", "..", "%20",
            "#?&+",
            "\\", "*[a]", String(repeating: "long ", count: 60),
        ]
    )
    func partitionValues(value: String) throws {
        let table = try LakeTable("odd table name")
        let adds = try table.append(
            """
            SELECT * FROM (VALUES (\(SQL.literal(value)), 1), ('', 2), (NULL, 3), ('other', 4))
            v(p, n)
            """,
            schema: DeltaSchema(["p": .string, "n": .long]),
            partitionedBy: ["p"]
        )
        #expect(adds.count == 3)
        let query = "SELECT p, list(n ORDER BY n)::VARCHAR FROM TABLE GROUP BY p ORDER BY min(n)"
        let expected: [[SQLValue]] = [
            [.string(value), .string("[1]")], [.null, .string("[2, 3]")],
            [.string("other"), .string("[4]")],
        ]
        #expect(try table.scanned(query) == expected)
        #expect(try table.related(query) == expected)
    }

    @Test("carry typed partition values")
    func typedPartitions() throws {
        let table = try LakeTable()
        let schema = DeltaSchema([
            "da": .date, "ts": .timestamp, "i": .long, "b": .boolean,
            "de": .decimal(precision: 5, scale: 2), "d": .double, "n": .long,
        ])
        try table.append(
            """
            SELECT DATE '2024-02-29' AS da, TIMESTAMPTZ '2024-02-29 12:34:56.789012+00' AS ts,
                   -5 AS i, true AS b, 1.50 AS de, 0.1 AS d, 1 AS n
            UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, 2
            """,
            schema: schema,
            partitionedBy: ["da", "ts", "i", "b", "de", "d"]
        )
        let query = "SELECT da, ts, i, b, de, d, n FROM TABLE ORDER BY n"
        let rows = try table.scanned(query)
        #expect(rows[0][1] == .instant(microseconds: 1_709_210_096_789_012))
        #expect(rows[0][4] == .decimal(unscaled: 150, scale: 2))
        #expect(rows[1].dropLast().filter { !$0.isNull }.isEmpty)
        #expect(try table.related(query) == rows)
    }

    @Test(
        "hold the rows of a partition in order, one file each, also for many partitions and much text",
        arguments: [0, 1 << 30] as [Int64]
    )
    func orderAndCount(inputSize: Int64) throws {
        let table = try LakeTable()
        let adds = try table.append(
            "SELECT 'p' || (hash(i) % 300) AS p, hash(i * 7) % 1000 AS o, i FROM range(200000) t(i)",
            schema: DeltaSchema(["p": .string, "o": .long, "i": .long]),
            partitionedBy: ["p"],
            sortedBy: ["o", "i"],
            inputSize: inputSize
        )
        #expect(adds.count == 300)
        #expect(try table.folder.files().allSatisfy { !$0.hasPrefix("scratch/") })
        #expect(adds.compactMap(\.recordCount).reduce(0, +) == 200_000)
        let unordered = try table.connection.scalar(
            """
            SELECT count(*) FROM (
                SELECT (o, i) < lag((o, i)) OVER (PARTITION BY filename ORDER BY file_row_number) AS x
                FROM read_parquet('\(table.path)/*/*.parquet', file_row_number = true, filename = true))
            WHERE x
            """
        )
        #expect(unordered == .integer(0))
        #expect(
            try table.scanned("SELECT count(*), count(DISTINCT p), sum(i) FROM TABLE")
                == [[.integer(200_000), .integer(300), .integer(19_999_900_000)]]
        )
    }

    @Test("are split near the target size, in order")
    func targetSize() throws {
        let table = try LakeTable()
        let adds = try table.append(
            "SELECT i, md5(i::VARCHAR) AS t FROM range(300000) t(i)",
            schema: DeltaSchema(["i": .long, "t": .string]),
            sortedBy: ["i"],
            target: 2 << 20
        )
        #expect((3...8).contains(adds.count))
        #expect(adds.allSatisfy { $0.size > 1 << 20 && $0.size < 4 << 20 })
        #expect(
            try table.related("SELECT count(*), sum(i) FROM TABLE")
                == [[.integer(300_000), .integer(44_999_850_000)]]
        )
    }

    @Test("are split near the target size where they have no order")
    func targetSizeWithoutOrder() throws {
        let table = try LakeTable()
        let adds = try table.append(
            "SELECT i, md5(i::VARCHAR) AS t FROM range(1000000) t(i)",
            schema: DeltaSchema(["i": .long, "t": .string]),
            target: 2 << 20,
            inputSize: 1 << 30
        )
        #expect(adds.count > 1)
        #expect(
            try table.scanned("SELECT count(*), sum(i) FROM TABLE")
                == [[.integer(1_000_000), .integer(499_999_500_000)]]
        )
        #expect(try table.folder.files().allSatisfy { !$0.contains("/.") })
    }

    @Test("tell readers the bounds of their columns")
    func statistics() throws {
        let table = try LakeTable()
        let adds = try table.append(
            """
            SELECT * FROM (VALUES
                (3, 'b"', 1.5, TIMESTAMPTZ '2024-01-01 00:00:00.000001+00', true, [1], 'inf'::DOUBLE),
                (NULL, 'a', 'nan'::DOUBLE, TIMESTAMPTZ '2024-01-01 00:00:00+00', false, [2], 1)
            ) v(l, s, d, ts, b, a, f)
            """,
            schema: DeltaSchema([
                "l": .long, "s": .string, "d": .double, "ts": .timestamp, "b": .boolean,
                "a": .array(of: .long, containsNull: true), "f": .double,
            ])
        )
        let stats = try #require(adds.first?.stats)
        #expect(
            stats == """
                {"numRecords":2,\
                "minValues":{"l":3,"s":"a","ts":"2024-01-01T00:00:00Z"},\
                "maxValues":{"l":3,"s":"b\\"","ts":"2024-01-01T00:00:00.000001Z"},\
                "nullCount":{"l":1,"s":0,"d":0,"ts":0,"b":0,"f":0}}
                """
        )
    }

    @Test("are gone after their commit did not come about")
    func discarding() throws {
        let table = try LakeTable()
        let schema = DeltaSchema(["p": .string, "n": .long])
        try table.append("SELECT 'a' AS p, 1 AS n", schema: schema, partitionedBy: ["p"])
        let writer = LakeWriter(table: table.path, schema: schema, partitionColumns: ["p"])
        let before = try table.folder.files()
        let files = try writer.write(
            "SELECT unnest(['a', 'b']) AS p, 2 AS n",
            on: table.connection,
            now: 0
        )
        #expect(files.adds.count == 2)
        files.discard()
        let afterwards = try table.folder.files()
        #expect(afterwards == before)
        #expect(throws: LakeFilesError.self) {
            _ = try writer.write(
                "SELECT 'c' AS p, 'x' AS n",
                on: table.connection,
                now: 0
            )
        }
        #expect(try table.folder.files() == before)
        #expect(
            try table.connection.rows("SELECT * FROM duckdb_tables() WHERE temporary").isEmpty
        )
    }

    @Test("are none for no rows")
    func noRows() throws {
        let table = try LakeTable()
        let schema = DeltaSchema(["p": .string, "n": .long])
        let adds = try table.append(
            "SELECT 'a' AS p, 1 AS n WHERE false",
            schema: schema,
            partitionedBy: ["p"]
        )
        #expect(adds.isEmpty)
        #expect(try table.related("SELECT p, n FROM TABLE").isEmpty)
        #expect(try table.scanned("SELECT p, n FROM TABLE").isEmpty)
    }
}
