import FoundationEssentials
import TestSupport
import Testing

@Suite("A table in PostgreSQL that is made anew")
struct PostgresReplayTests {
    @Test(
        "has the rows of the lake, loses columns that nothing makes any more, and keeps foreign rows",
        arguments: [
            #""mode": "append""#, #""mode": "upsert", "keys": ["id"]"#,
            #""mode": "replace_partitions", "partitionBy": ["id"]"#,
        ]
    )
    func replay(mode: String) async throws {
        let tables = #""tables": {"t": {\#(mode), "transform": "t.sql"}},"#
        guard let buckets = try await PostgresBuckets(settings: tables) else { return }
        try buckets.folder.write("SELECT id, n * 2 AS twice FROM source", to: "t.sql")
        try await buckets.flow(["t/a.csv": "id,n\nx,1\ny,2\n"])
        try await buckets.flow(["t/b.csv": "id,n\ny,3\nz,4\n"])
        try await buckets.flow(["t/a.csv": "id,n\nx,5\n"])
        try buckets.folder.write("SELECT id, n, n + 1 AS more FROM source", to: "t.sql")
        try await buckets.sluice("replay", "--prefix", "stage-1/t/")
        try await buckets.flow()
        let columns = "id, n, more, _source, _seq"
        let rows = try await buckets.query("SELECT \(columns) FROM warehouse.t ORDER BY ALL")
        #expect(try await rows == buckets.query("SELECT \(columns) FROM lake.t ORDER BY ALL"))
        #expect(rows.contains("x,5,6,"))
        let found = try await buckets.psql(
            "SELECT count(*) FROM information_schema.columns "
                + "WHERE table_schema = '\(buckets.schema)' AND column_name = 'twice'"
        )
        #expect(found == "0\n")

        // Rows of other programs keep their columns.
        try await buckets.psql("INSERT INTO t (id, n, more) VALUES ('foreign', 7, 8)")
        try buckets.folder.write("SELECT id, n FROM source", to: "t.sql")
        try await buckets.sluice("replay", "--prefix", "stage-1/t/")
        try await buckets.flow()
        #expect(
            try await buckets.query("SELECT id, n, more FROM warehouse.t WHERE _source IS NULL")
                == "id,n,more\nforeign,7,8\n"
        )
        let verdict = try await buckets.sluice("verify")
        #expect(verdict.code == 0, "\(verdict.text)")
        try await buckets.drop()
    }
}
