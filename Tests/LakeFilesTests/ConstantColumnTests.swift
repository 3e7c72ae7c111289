import DeltaTable
import DuckDB
import Testing

@Suite("Columns with one value in all rows")
struct ConstantColumnTests {
    struct Layout: CustomTestStringConvertible, Sendable {
        var partitions: [String] = []
        var sorting: [String] = []
        var inputSize: Int64 = 0
        var testDescription: String { "\(partitions) \(sorting) \(inputSize)" }
    }

    @Test(
        "are written, told of and read like others, however the files are laid out",
        arguments: [
            Layout(), Layout(inputSize: 1 << 40), Layout(sorting: ["i"]),
            Layout(partitions: ["p"], sorting: ["i"]),
            Layout(partitions: ["p"], sorting: ["i"], inputSize: 400 << 20),
            Layout(partitions: ["_source"], sorting: ["_seq", "i"]),
        ]
    )
    func written(layout: Layout) throws {
        let table = try LakeTable()
        let source = "stage-1/it's \"ü\".csv"
        let adds = try table.append(
            """
            SELECT 99999 - range AS i, 'p' || range % 5 AS p, \(SQL.literal(source)) AS _source,
                   7 AS _seq FROM range(100000)
            """,
            schema: DeltaSchema(["i": .long, "p": .string, "_source": .string, "_seq": .long]),
            partitionedBy: layout.partitions,
            sortedBy: layout.sorting,
            inputSize: layout.inputSize,
            constants: ["_source": .string(source), "_seq": .integer(7), "absent": .integer(1)]
        )
        for add in adds where layout.partitions != ["_source"] {
            let name = "\"_source\":\"stage-1/it's \\\"ü\\\".csv\""
            let stats = try #require(add.stats)
            #expect(stats.split(separator: name, omittingEmptySubsequences: false).count == 3)
            #expect(stats.contains("\"_seq\":7"))
        }
        let query = """
            SELECT typeof(_source), _source, _seq, count(*), count(DISTINCT i), count(DISTINCT p)
            FROM TABLE GROUP BY ALL
            """
        let expected: [[SQLValue]] = [
            [
                .string("VARCHAR"), .string(source), .integer(7), .integer(100_000),
                .integer(100_000), .integer(5),
            ]
        ]
        #expect(try table.scanned(query) == expected)
        #expect(try table.related(query) == expected)
        guard layout.sorting.first == "i" else { return }
        let unordered = try table.connection.scalar(
            """
            SELECT count(*) FROM (
                SELECT i < lag(i) OVER (PARTITION BY filename ORDER BY file_row_number) AS x
                FROM read_parquet('\(table.path)/**/*.parquet', file_row_number = true, filename = true))
            WHERE x
            """
        )
        #expect(unordered == .integer(0))
    }
}
