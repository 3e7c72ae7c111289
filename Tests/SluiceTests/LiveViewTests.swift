import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("What `sluice up` shows while it runs")
struct LiveViewTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func start(
        _ arguments: [String] = ["up"],
        terminal: PseudoTerminal? = nil,
        kind: String = "xterm"
    ) throws -> RunningProgram {
        try RunningProgram(
            builtProgram(named: "sluice"),
            arguments,
            environment: ["PATH": "/usr/bin:/bin", "TERM": kind],
            folder: folder.path,
            terminal: terminal
        )
    }

    private func drop(_ numbers: Range<Int>) throws {
        for number in numbers {
            try folder.write("id\n\(number)\n", to: "buckets/stage-1/things/\(number).csv")
        }
    }

    @Test("prints a plain line for each finished version where there is no terminal")
    func plainLines() async throws {
        try drop(0..<3)
        try folder.write("id\n\u{0}\n", to: "buckets/stage-1/things/bad.csv")
        let end = try await start(["up", "--once"]).end()
        #expect(end.text.hasPrefix("versions: 7, runs: "))
        let lines = end.errors.split(separator: "\n")
        let finished = /stage-1\/things\/\d.csv -> lake.things v\d \+1 row, warehouse \+1, .* s/
        #expect(lines.count { $0.wholeMatch(of: finished) != nil } == 3)
        let failed = /stage-1\/things\/bad.csv FAILED in split: BinaryFile: .*, .* s/
        #expect(lines.count { $0.wholeMatch(of: failed) != nil } == 1)
        #expect(!end.errors.utf8.contains(0x1B))
    }

    @Test("does not finish a version whose function is paused")
    func paused() async throws {
        try folder.write(
            #"{"functions":{"split":{},"crawl":{},"convert":{},"load":{"concurrency":0}}}"#,
            to: "functions.json"
        )
        try drop(0..<1)
        let end = try await start(["up", "--once"]).end()
        #expect(end.text.contains("left: 1 for load, which is paused"))
        #expect(end.errors.isEmpty)
    }

    @Test("draws below the lines on a terminal, bears another size, and leaves nothing behind")
    func liveView() async throws {
        let terminal = try PseudoTerminal(columns: 120, rows: 10)
        let program = try start(terminal: terminal)
        try await waitFor { terminal.visible.contains("idle   0 finished") }
        try drop(0..<40)
        try await waitFor { terminal.visible.last?.hasSuffix(" 40 finished") == true }
        terminal.resize(columns: 50, rows: 6)
        program.send(SIGWINCH)
        try drop(40..<41)
        try await waitFor { terminal.visible.last?.hasSuffix(" 41 finished") == true }
        program.send(SIGTERM)
        #expect(await program.end().code == 0)

        let lines = terminal.scrollback + terminal.visible
        #expect(terminal.visible.filter { !$0.isEmpty }.last?.hasPrefix("notice: stopping") == true)
        #expect(lines.first?.hasPrefix("watching ") == true)
        for number in 0..<41 {
            let name = "stage-1/things/\(number).csv -> lake.things"
            #expect(lines.count { $0.hasPrefix(name) } == 1, "\(lines)")
        }
        for left in ["finished", "running   ", "queued   "] {
            #expect(!lines.contains { $0.contains(left) }, "\(lines)")
        }
    }

    @Test("prints plain lines on a terminal that cannot move its cursor")
    func dumbTerminal() async throws {
        let terminal = try PseudoTerminal(columns: 120, rows: 10)
        try drop(0..<1)
        let end = try await start(["up", "--once"], terminal: terminal, kind: "dumb").end()
        #expect(end.code == 0)
        try await waitFor { terminal.visible.contains { $0.hasPrefix("stage-1/things/0.csv ->") } }
        #expect(!terminal.visible.contains { $0.contains("finished") })
    }

    /// Asks again and again, for as long as a machine under load may need.
    private func waitFor(_ condition: () throws -> Bool) async throws {
        try await eventually(condition)
    }
}
