import DeltaTable
import FoundationEssentials
import TestSupport
import Testing

@Suite("The versions of a log")
struct VersionTests {
    /// Versions 0 to 3, committed at 1,000, 3,000, 2,000 and 4,000 milliseconds.
    private func table() throws -> ScratchTable {
        let table = try ScratchTable()
        for (version, time) in [Int64(1_000), 3_000, 2_000, 4_000].enumerated() {
            let start = version == 0 ? ScratchTable.start : []
            let info = CommitInfo(timestamp: time, operation: "WRITE")
            let actions = start + [.commitInfo(info), .add(ScratchTable.file("f\(version)"))]
            #expect(try table.log.commit(actions, as: Int64(version)) == .committed)
        }
        return table
    }

    @Test(
        "are found by time: the newest that was committed by then",
        arguments: [
            (999, nil), (1_000, 0), (1_999, 0), (2_000, 2), (3_999, 2), (4_000, 3), (9_000, 3),
        ] as [(Int64, Int64?)]
    )
    func byTime(time: Int64, version: Int64?) throws {
        let table = try table()
        #expect(try table.log.newestVersion(notAfter: time) == version)
    }

    @Test("have the time of their file where the commit tells none")
    func fileTime() throws {
        let table = try ScratchTable()
        try table.commit(versions: 1)
        let file = table.path + "/_delta_log/00000000000000000000.json"
        let time = Date(timeIntervalSince1970: 1_700_000_000)
        try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: file)
        #expect(try table.log.commitTime(of: 0) == 1_700_000_000_000)
        #expect(try table.log.commitTime(of: 1) == nil)
    }

    @Test("can be read from the checkpoint on when older commits are gone")
    func readable() throws {
        let table = try table()
        #expect(try table.log.readableVersions() == 0...3)
        let second = try #require(try table.snapshot(at: 1))
        try table.log.writeCheckpoint(of: second, now: 0, using: LineCheckpoints())
        try table.remove("_delta_log/00000000000000000000.json")
        #expect(try table.log.readableVersions() == 1...3)
        #expect(try table.snapshot(at: 1)?.files.count == 2)
        try table.remove("_delta_log/00000000000000000001.json")
        #expect(try table.log.readableVersions() == 1...3)
        #expect(try table.log.newestVersion(notAfter: 3_000) == 2)
        #expect(try DeltaLog(table: table.path + "/none").readableVersions() == nil)
    }
}
