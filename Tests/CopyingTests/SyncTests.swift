import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// A way to reach the folder `source`.
struct Way: Sendable, CustomTestStringConvertible {
    let program: String
    let place: String
    let slowly: String
    var testDescription: String { program }

    static let all = [
        Way(program: "rsync", place: "source", slowly: #","options":["--bwlimit=4"]"#),
        Way(program: "rclone", place: "rclone:far:", slowly: #","options":["--bwlimit","4k"]"#),
    ]
}

@Suite("A folder that is mirrored into a bucket")
struct SyncTests {
    private func flow(_ way: Way, _ more: String = "") throws -> CopyingFlow {
        try CopyingFlow(CopyingFlow.sync(way.place, more), variables: CopyingFlow.remote)
    }

    @Test("gets what is new, and keeps what is gone at the source", arguments: Way.all)
    func mirror(way: Way) async throws {
        guard isInstalled(way.program) else { return }
        let flow = try flow(way)
        try flow.folder.write("1", to: "source/a.csv")
        try flow.folder.write("2", to: "source/sub folder/b ü.csv")
        for name in [".hidden", ".git/x", "c.csv.part", "d.tmp", "e.csv.0aF3bC9d", "f~"] {
            try flow.folder.write("no", to: "source/" + name)
        }
        var end = try await flow.copy()
        #expect(end.code == 0, "\(end.errors)")
        #expect(end.text.contains(#""copied":2"#))
        #expect(end.text.contains(#""program":"\#(way.program)""#))
        #expect(
            try flow.folder.files(in: "buckets/stage-1") == ["in/a.csv", "in/sub folder/b ü.csv"]
        )
        #expect(try flow.folder.text("buckets/stage-1/in/sub folder/b ü.csv") == "2")

        let untouched = try modified(flow.folder.path("buckets/stage-1/in/sub folder/b ü.csv"))
        end = try await flow.copy()
        #expect(end.text.contains(#""copied":0"#), "\(end.text)\(end.errors)")
        // The same length, a moment later.
        try flow.folder.write("3", to: "source/a.csv")
        try flow.folder.remove("source/sub folder")
        end = try await flow.copy()
        #expect(end.text.contains(#""copied":1"#), "\(end.text)\(end.errors)")
        #expect(try flow.folder.text("buckets/stage-1/in/a.csv") == "3")
        let kept = try modified(flow.folder.path("buckets/stage-1/in/sub folder/b ü.csv"))
        #expect(kept == untouched)
    }

    @Test("shows no half-copied file, and goes on after a kill", arguments: Way.all)
    func killed(way: Way) async throws {
        guard isInstalled(way.program) else { return }
        let flow = try flow(way, way.slowly)
        var generator = SeededGenerator(seed: 7)
        let content = Data(
            (0..<4_000_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        )
        try flow.folder.write(content, to: "source/big.csv")
        let first = try flow.start()
        let staging = "buckets/stage-1/in/.sync.incoming"
        try await flow.until {
            try flow.folder.files(in: staging).contains { name in
                (try? size(flow.folder.path("\(staging)/\(name)"))) ?? 0 > 0
            }
        }
        // Another run keeps away meanwhile.
        let second = try await flow.copy()
        #expect(second.code == 75)
        #expect(second.errors.contains("AlreadyCopying"))
        first.sendToGroup(SIGKILL)
        #expect(await first.end().code == -SIGKILL)
        #expect(try flow.visible("buckets/stage-1") == [])

        try flow.folder.write(
            "{\"functions\":{\(CopyingFlow.sync(way.place))},\"triggers\":[]}",
            to: "functions.json"
        )
        try await flow.until { try await flow.copy().code == 0 }
        #expect(try flow.folder.files(in: "buckets/stage-1") == ["in/big.csv"])
        #expect(try flow.folder.read("buckets/stage-1/in/big.csv") == content)
    }

    @Test("is watched while it arrives: only whole files become rows")
    func watched() async throws {
        guard isInstalled("rsync") else { return }
        let flow = try CopyingFlow(
            CopyingFlow.sync("source") + #","note":{"handler":"./note","writes":[]}"#,
            triggers: """
                {"id":"a","function":"note","bucket":"stage-1"},
                {"id":"b","function":"sync","schedule":"rate(1 second)"}
                """
        )
        let script = try flow.folder.write(
            "#!/bin/sh\ntr ',{' '\\n\\n' | sed -n 's/.*\"urlDecodedKey\":\"\\([^\"]*\\).*/\\1/p' >>seen\n",
            to: "note"
        )
        chmod(script, 0o755)
        try flow.folder.remove("source")
        let watcher = try flow.watcher()
        // The source is away at first, and status says so.
        try await flow.until {
            let status = try await flow.sluice("status")
            return status.text.contains("SourceAway") && status.text.contains("there is no folder")
        }
        try flow.folder.write("1", to: "source/a.csv")
        try await flow.until { flow.folder.holds("seen") }
        try flow.folder.write("1", to: "source/b.csv")
        try await flow.until { try flow.folder.text("seen").contains("b.csv") }
        watcher.send(SIGTERM)
        #expect(await watcher.end().code == 0)
        let seen = try flow.folder.text("seen")
        #expect(seen == "in/a.csv\nin/b.csv\n")
    }

    @Test("says what is missing and what to do")
    func failures() async throws {
        guard isInstalled("rsync"), isInstalled("rclone") else { return }
        let flow = try CopyingFlow(CopyingFlow.sync("rclone:far:"))
        let unknown = try await flow.copy()
        #expect(unknown.code == 1)
        #expect(unknown.errors.contains("SourceMissing"), "\(unknown.errors)")

        let none = try await flow.copy("sync", ["PATH": flow.folder.path])
        #expect(none.code == 75)
        #expect(none.errors.contains("ProgramMissing"))
        #expect(none.errors.contains("apt install rclone"))

        let far = try CopyingFlow(CopyingFlow.sync("rsync://127.0.0.1:9/module"))
        let away = try await far.copy()
        #expect(away.code == 75)
        #expect(away.errors.contains("SourceAway"), "\(away.errors)")

        let other = try await far.sluice("invoke", "sync")
        #expect(other.code == 1)
        #expect(other.errors.contains("Connection refused"), "\(other.errors)")
        #expect(try await far.copy("publish").errors.contains("NoPlace"))
    }

    private func size(_ path: String) throws -> Int { try information(path).st_size }

    private func modified(_ path: String) throws -> [Int] {
        let information = try information(path)
        return [information.st_mtim.tv_sec, information.st_mtim.tv_nsec, Int(information.st_ino)]
    }

    private func information(_ path: String) throws -> stat {
        var information = stat()
        try #require(stat(path, &information) == 0)
        return information
    }
}
