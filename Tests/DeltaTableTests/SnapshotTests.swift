import DeltaTable
import FoundationEssentials
import TestSupport
import Testing

@Suite("A snapshot")
struct SnapshotTests {
    @Test("of a folder without a log is none")
    func noTable() throws {
        let table = try ScratchTable()
        #expect(try table.snapshot() == nil)
        #expect(try table.log.newestVersion() == nil)
    }

    @Test("holds what was added and not removed, and the last word of every transaction")
    func replay() throws {
        let table = try ScratchTable()
        try table.commit(versions: 3)
        let outcome = try table.log.commit(
            [
                .remove(ScratchTable.file("f0").removed(at: 5)),
                .remove(ScratchTable.file("f1").removed(at: 5)), .add(ScratchTable.file("f1")),
                .transaction(Transaction(appId: "a", version: 1)),
                .transaction(Transaction(appId: "b", version: 9)),
            ],
            as: 3
        )
        #expect(outcome == .committed)
        _ = try table.log.commit([.transaction(Transaction(appId: "a", version: 2))], as: 4)
        let snapshot = try #require(try table.snapshot())
        #expect(snapshot.version == 4)
        #expect(snapshot.files == [ScratchTable.file("f1"), ScratchTable.file("f2")])
        #expect(snapshot.transactions == ["a": 2, "b": 9])
        #expect(snapshot.tombstones.map(\.path) == ["f0"])
        #expect(snapshot.schema == ScratchTable.schema)
        #expect(try table.snapshot(at: 3)?.transactions == ["a": 1, "b": 9])
        #expect(try table.snapshot(at: 1)?.files.map(\.path) == ["f0", "f1"])
    }

    @Test("is refused when a commit is missing", arguments: [0, 1])
    func gap(missing: Int) throws {
        let table = try ScratchTable()
        try table.commit(versions: 3)
        try table.remove("_delta_log/0000000000000000000\(missing).json")
        let error = #expect(throws: DeltaError.self) { try table.snapshot() }
        #expect(error?.code == .corrupt)
        #expect(error?.detail.contains("0000000000000000000\(missing).json") ?? false)
    }

    @Test(
        "is refused when the table asks for more than Sluice knows",
        arguments: [
            (#"{"protocol":{"minReaderVersion":2,"minWriterVersion":5}}"#, "reader version 2"),
            (
                #"{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]}}"#,
                "deletionVectors"
            ),
        ]
    )
    func unknownFeatures(line: String, words: String) throws {
        let table = try ScratchTable()
        try table.commit(versions: 1)
        try table.folder.write(line, to: "lake/t/_delta_log/00000000000000000001.json")
        let error = #expect(throws: DeltaError.self) { try table.snapshot() }
        #expect(error?.code == .unsupported)
        #expect(error?.detail.contains(words) ?? false)
    }

    @Test("can be read but not written where only writers must know more")
    func unknownWriterFeature() throws {
        let table = try ScratchTable()
        try table.commit(versions: 1)
        try table.folder.write(
            #"{"protocol":{"minReaderVersion":1,"minWriterVersion":4}}"#,
            to: "lake/t/_delta_log/00000000000000000001.json"
        )
        let snapshot = try #require(try table.snapshot())
        #expect(throws: DeltaError.self) { try snapshot.requireWritable(table: "t") }
    }

    @Test("does not mind actions, fields and files that it does not know")
    func foreignContent() throws {
        let table = try ScratchTable()
        try table.commit(versions: 1)
        let lines = """
            {"commitInfo":{"timestamp":"yesterday","operationMetrics":{"x":[1]},"sluiceFigures":3}}
            {"cdc":{"path":"c"}}
            {"domainMetadata":{"domain":"d"}}

            {"add":{"path":"day%3D1/x%2520y","partitionValues":{},"size":1,"modificationTime":1,"dataChange":false,"defaultRowCommitVersion":7}}
            """
        try table.folder.write(lines, to: "lake/t/_delta_log/00000000000000000001.json")
        try table.folder.write("half a comm", to: "lake/t/_delta_log/.5f.json")
        try table.folder.write("{}", to: "lake/t/_delta_log/00000000000000000001.crc")
        try table.folder.write(
            "x",
            to: "lake/t/_delta_log/00000000000000000000.00000000000000000001.compacted.json"
        )
        let snapshot = try #require(try table.snapshot())
        #expect(snapshot.version == 1)
        #expect(snapshot.files.map(\.filePath) == ["day=1/x%20y", "f0"])
        #expect(snapshot.files[0].recordCount == nil)
    }

    @Test("says which line of a log is torn")
    func tornLine() throws {
        let table = try ScratchTable()
        try table.commit(versions: 1)
        try table.folder.write(#"{"add":{"pa"#, to: "lake/t/_delta_log/00000000000000000001.json")
        let error = #expect(throws: DeltaError.self) { try table.snapshot() }
        #expect(error?.step.contains("00000000000000000001.json") ?? false)
    }
}

@Suite("A schema in a log")
struct SchemaTests {
    @Test("comes back as it was, nested and with what others noted")
    func roundTrip() throws {
        let json = """
            {"type":"struct","fields":[{"name":"a b","type":"decimal(10, 2)","nullable":false,\
            "metadata":{"note":{"x":[1,2.5,null,true,"t"]}}},\
            {"name":"n","type":{"type":"struct","fields":[{"name":"l","type":{"type":"array",\
            "elementType":"timestamp","containsNull":true},"nullable":true,"metadata":{}}]},\
            "nullable":true,"metadata":{}},\
            {"name":"m","type":{"type":"map","keyType":"string","valueType":"binary",\
            "valueContainsNull":false},"nullable":true,"metadata":{}}]}
            """
        let schema = try DeltaSchema(json: json)
        #expect(schema.fields[0].type == .decimal(precision: 10, scale: 2))
        #expect(schema["A B"]?.isNullable == false)
        #expect(try DeltaSchema(json: schema.json) == schema)
        #expect(schema.json.contains("2.5"))
    }

    @Test(
        "is refused when it names an unknown type",
        arguments: ["variant", "decimal(3)", "interval"]
    )
    func unknownType(name: String) {
        let json =
            #"{"type":"struct","fields":[{"name":"a","type":"\#(name)","nullable":true,"metadata":{}}]}"#
        #expect(throws: DeltaError.self) { try DeltaSchema(json: json) }
    }
}
