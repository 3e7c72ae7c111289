import DeltaTable
import DuckDB
import LakeFiles
import Testing

@Suite("Partition values that other programs wrote")
struct PartitionValueTests {
    @Test("are told in this writer's words")
    func canonical() throws {
        let fields = [
            DeltaField(name: "at", type: .timestamp), DeltaField(name: "share", type: .double),
        ]
        let files = [
            ["at": "2024-03-01 05:00:00", "share": "0.50"],
            ["at": "2024-03-01T05:00:00.000000Z", "share": nil],
            ["at": "", "share": "1e3"],
        ].map { AddFile(path: "f", partitionValues: $0, size: 1, modificationTime: 1) }
        let connection = try Database().connect()
        let texts = try PartitionValue.canonical(files, fields: fields, on: connection)
        #expect(
            texts == [
                ["2024-03-01T05:00:00.000000Z", "0.5"], ["2024-03-01T05:00:00.000000Z", nil],
                [nil, "1000.0"],
            ]
        )
    }
}
