import Events
import FoundationEssentials
import TestSupport
import Testing

@Suite("The calls pipeline")
struct CallsTests {
    private static let files = ["portal_2023-02-28.csv", "api_2024.csv", "sample_100.csv"]

    @Test("loads every row of the real files, and counts as another program does")
    func realFiles() async throws {
        guard let folder = sharedData("nyc311") else { return }
        let buckets = try PipelineBuckets("calls")
        for file in Self.files { try buckets.drop("\(folder)/\(file)", as: "calls/\(file)") }
        try await buckets.settle()

        let known = try await Self.counted(Self.files.map { "\(folder)/\($0)" })
        let loads = try await buckets.answer("accounted")
        var total: Int64 = 0
        for file in Self.files {
            let load = try #require(loads.first { $0["file"]?.string == "stage-1/calls/\(file)" })
            let (rows, rejects) = (load["rows"]?.integer ?? 0, load["rejects"]?.integer ?? 0)
            #expect(rows + rejects == known["records"]?[file]?.integer, "\(file)")
            total += rows
        }
        #expect(known["total"]?.integer == 6_099)
        let held = try await buckets.rows("SELECT count(*) AS n FROM calls")
        #expect(held.first?["n"]?.integer == total)

        for (query, columns) in [
            ("complaint_types", ["complaint_type", "calls"]),
            ("complaints_by_zip", ["zip", "calls", "closed"]),
            ("awards", ["award", "zip", "calls"]),
        ] {
            let rows = try await buckets.answer(query)
            try Self.compare(rows, known[query], columns, query)
        }
        let types = try await buckets.rows("SELECT zip, complaint_type, calls FROM types_by_zip")
        try Self.compare(types, known["types_by_zip"], ["zip", "complaint_type", "calls"], "types")
        #expect(known["awards"]?.array?.count ?? 0 >= 6)
    }

    @Test("counts late calls in their window, and those that come twice once")
    func lateAndRepeated() async throws {
        let buckets = try PipelineBuckets("calls")
        try buckets.drop("stage-1")
        try await buckets.settle()
        let ask =
            "SELECT CAST(sum(calls) AS BIGINT) AS calls, count(*) AS windows FROM live_complaints"
        let before = try #require(try await buckets.rows(ask).first)
        try buckets.drop("stage-1.2")
        try await buckets.settle()
        let now = try #require(try await buckets.rows(ask).first)
        // Seven late ones; the ten of the repeated file and the line that was cut off are none.
        #expect(try #require(now["calls"]?.integer) - #require(before["calls"]?.integer) == 7)
        let distinct = try await buckets.rows(
            "SELECT count(*) AS calls FROM (SELECT DISTINCT source, time, zip, complaint FROM calls_live)"
        )
        #expect(distinct.first?["calls"] == now["calls"])
    }

    private static func compare(
        _ rows: [JSONValue],
        _ known: JSONValue?,
        _ columns: [String],
        _ subject: String
    ) throws {
        let mine = try rows.map { row in
            try text(.array(columns.map { row[$0] ?? .null }))
        }
        let theirs = try #require(known?.array).map(text)
        #expect(mine.sorted() == theirs.sorted(), "\(subject)")
    }

    private static func text(_ value: JSONValue) throws -> String {
        String(decoding: try JSONText.encode(value), as: UTF8.self)
    }

    /// What Python's `csv` and its own counting say of the files.
    private static func counted(_ files: [String]) async throws -> JSONValue {
        let end = try await run(
            "/usr/bin/env",
            ["python3", "-c", counting] + files,
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        )
        try #require(end.code == 0, "\(end.errors)")
        return try JSONValue(parsing: end.text)
    }

    private static let counting = #"""
        import collections, csv, json, os, re, sys
        calls, records = {}, {}
        for path in sys.argv[1:]:
            with open(path, newline="", encoding="utf-8-sig") as file:
                rows = list(csv.DictReader(file))
            records[os.path.basename(path)] = len(rows)
            for row in rows:
                row = {name.lower().replace(" ", "_"): value.strip() for name, value in row.items()}
                calls[row["unique_key"]] = (row["complaint_type"], row["incident_zip"], row["status"])
        types, zips, closed, both = (collections.Counter() for _ in range(4))
        for complaint, code, status in calls.values():
            types[complaint] += 1
            place = code if re.fullmatch("[0-9]{5}", code) else None
            zips[place] += 1
            closed[place] += status == "Closed"
            if place and place[:3] in ("100", "101", "102", "103", "104", "111", "112"):
                both[place, complaint] += 1
        names = {
            "loudest": "Noise - Residential", "worst parked": "Illegal Parking", "coldest": "HEAT/HOT WATER",
            "most potholes": "Street Condition", "most rats": "Rodent", "most painted": "Graffiti",
        }
        awards = []
        for award, complaint in names.items():
            most = max(count for (_, kind), count in both.items() if kind == complaint)
            awards += [[award, code, count] for (code, kind), count in both.items() if kind == complaint and count == most]
        json.dump({
            "records": records, "total": sum(records.values()), "complaint_types": [list(pair) for pair in types.items()],
            "complaints_by_zip": [[code, count, closed[code]] for code, count in zips.items()],
            "types_by_zip": [[*pair, count] for pair, count in both.items()], "awards": awards,
        }, sys.stdout, ensure_ascii=False)
        """#
}
