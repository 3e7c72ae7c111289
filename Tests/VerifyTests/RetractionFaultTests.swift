import TestSupport
import Testing

@Suite("Verify, of files that were taken out,")
struct RetractionFaultTests {
    private static let faults: [Fault] = [
        Fault("rows of such a file in the warehouse", "warehouse.t SupersededRows") { flow in
            try await flow.warehouse(
                "INSERT INTO t (id, n, _source, _seq) SELECT 9, 9, source, sequencer "
                    + "FROM sluice_loads WHERE source = 'stage-1/t/b.csv' AND status = 'replaced'"
            )
        },
        Fault("a warehouse that does not know of it", "warehouse.t MissingVersion") { flow in
            try await flow.warehouse(
                """
                DELETE FROM sluice_loads WHERE status = 'removed';
                UPDATE sluice_loads SET status = 'loaded' WHERE source = 'stage-1/t/b.csv';
                UPDATE t SET _source = 'stage-1/t/b.csv', n = 20,
                    _seq = (SELECT sequencer FROM sluice_loads WHERE source = 'stage-1/t/b.csv')
                    WHERE id = 2;
                INSERT INTO t (id, n, _source, _seq) SELECT 3, 30, source, sequencer
                    FROM sluice_loads WHERE source = 'stage-1/t/b.csv'
                """
            )
        },
        Fault("bad rows of it", "quarantine.t OrphanedQuarantine") { flow in
            let kept = try flow.file("quarantine/t/a.csv", "convert")
            let gone = try flow.file("stage-2/t/b.csv", "part-00000").split(separator: "/")[3]
            try flow.write(try flow.text(kept), to: "quarantine/t/b.csv/\(gone).convert.jsonl")
        },
        Fault("a removal whose manifest is gone", "stage-2.t MissingManifest") { flow in
            try flow.remove(try flow.removal())
        },
    ]

    @Test("finds what it should not, and remedies put it right", arguments: faults)
    func finds(fault: Fault) async throws {
        let flow = try FlowFolder(
            settings: """
                {"tables": {"t": {"mode": "upsert", "keys": ["id"], "onDelete": "retract",
                  "columns": {"id": "bigint", "n": "bigint"}}}}
                """
        )
        try flow.drop("id,n\n1,1\n2,2\n4,bad\n", "t/a.csv")
        try flow.drop("id,n\n2,20\n3,30\n", "t/b.csv")
        try await flow.up()
        try flow.remove("stage-1/t/b.csv")
        try await flow.up()
        #expect(try await flow.findings() == [])
        let before = try await flow.tableRows()
        try await fault.plant(flow)
        #expect(try await flow.findings() == fault.findings)
        let log = try await flow.mend()
        #expect(try await flow.findings() == [], "\(log.joined(separator: "\n"))")
        #expect(try await flow.tableRows() == before, "\(log.joined(separator: "\n"))")
    }
}

extension FlowFolder {
    /// The rows of the table in lake and warehouse.
    fileprivate func tableRows() async throws -> [String] {
        var rows: [String] = []
        for store in ["lake", "warehouse"] {
            let statement = "SELECT id, n, _source FROM \(store).t ORDER BY ALL"
            rows.append(try await sluice(["query", "--format", "csv", statement]).text)
        }
        return rows
    }

    /// The manifest of the one removal.
    fileprivate func removal() throws -> String {
        let manifests = try folder.files(in: "buckets/stage-2").filter {
            $0.hasSuffix("_manifest.json")
        }.map { "stage-2/\($0)" }
        return try #require(try manifests.first { try text($0).contains("\"removed\"") })
    }
}
