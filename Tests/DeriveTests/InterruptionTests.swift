import DeltaTable
import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Runs of `derive` that are held at a place in their query: it reads a pipe.
@Suite("A derived table", .timeLimit(.minutes(30)))
struct InterruptionTests {
    /// Buckets whose query waits for a text in the pipe `gate`.
    private func buckets() throws -> DeriveBuckets {
        let buckets = try DeriveBuckets(
            #"{"live": {"from": ["calls", "zones"], "query": "live.sql"}}"#,
            queries: [:]
        )
        let gate = buckets.folder.path("gate")
        try #require(mkfifo(gate, 0o600) == 0)
        try buckets.folder.write(
            """
            SELECT (SELECT count(*) FROM calls) AS calls, (SELECT count(*) FROM zones) AS zones
            WHERE (SELECT max(length(content)) FROM read_text('\(gate)')) >= 0
            """,
            to: "live.sql"
        )
        try buckets.commit("SELECT 1 AS zip", to: "calls")
        try buckets.commit("SELECT 1 AS zip", to: "zones")
        return buckets
    }

    @Test("is made once of the newest commits when both of its sources commit at once")
    func twoRuns() async throws {
        let buckets = try buckets()
        let gate = buckets.folder.path("gate")
        let first = try buckets.start("calls")
        let holder = try await Holder(gate)
        // The first has read the state of both tables by now.
        try buckets.commit("SELECT 2 AS zip", to: "zones")
        let second = try buckets.start("zones")
        holder.letGo()
        let ends = await [first.end(), finished(second, gate)]
        for end in ends { #expect(end.code == 0, "\(end.errors)") }
        #expect(try DeriveBuckets.answers(ends[0]) == ["live derived 0"])
        #expect(try DeriveBuckets.answers(ends[1]) == ["live derived 1"])
        #expect(try buckets.rows(of: "live") == ["1 2"])
        #expect(try buckets.dataFiles(of: "live").count == 2)
    }

    @Test("is never replaced by an older result, even where nothing keeps runs apart")
    func olderResult() async throws {
        let buckets = try buckets()
        let gate = buckets.folder.path("gate")
        let first = try buckets.start("calls")
        let holder = try await Holder(gate)
        try buckets.commit("SELECT 2 AS zip", to: "calls")
        // Another run is let past: it gets a lock and a text of its own.
        try buckets.folder.remove("buckets/.sluice/derive/live.lock")
        #expect(rename(gate, gate + ".held") == 0)
        try buckets.folder.write("go", to: "gate")
        let second = try await buckets.run("calls")
        #expect(try DeriveBuckets.answers(second) == ["live derived 0"])
        holder.letGo()
        let end = await first.end()
        #expect(end.code == 0, "\(end.errors)")
        #expect(try DeriveBuckets.answers(end) == ["live current 0"])
        #expect(try buckets.rows(of: "live") == ["2 1"])
        #expect(try buckets.dataFiles(of: "live").count == 1)
    }

    @Test("is whole after a kill in the middle of its query")
    func killed() async throws {
        let buckets = try buckets()
        let first = try buckets.start("calls")
        let holder = try await Holder(buckets.folder.path("gate"))
        first.send(SIGKILL)
        #expect(await first.end().code == -SIGKILL)
        holder.letGo()
        #expect(try buckets.version(of: "live") == nil)
        try buckets.folder.remove("gate")
        try buckets.folder.write("go", to: "gate")
        #expect(try await buckets.answer("calls") == ["live derived 0"])
        #expect(try buckets.rows(of: "live") == ["1 1"])
    }

    @Test("is whole when a run ended between its data files and its commit")
    func cutOffBeforeCommit() async throws {
        let buckets = try buckets()
        try buckets.folder.remove("gate")
        try buckets.folder.write("go", to: "gate")
        // No log can be made there; the run gets as far as its files, and takes them back.
        try buckets.folder.write("", to: "buckets/lake/live/.keep")
        let log = buckets.folder.path("buckets/lake/live/_delta_log")
        try #require(symlink("/nowhere/at/all", log) == 0)
        let failed = try await buckets.run("calls")
        #expect(failed.code == 1)
        #expect(try buckets.dataFiles(of: "live").isEmpty)
        try #require(unlink(log) == 0)
        #expect(try await buckets.answer("calls") == ["live derived 0"])
        #expect(try buckets.rows(of: "live") == ["1 1"])
        #expect(try buckets.snapshot(of: "live").files.count == 1)
    }

    /// Lets a run that reads the gate once more go on, and waits for its end.
    private func finished(_ program: RunningProgram, _ gate: String) async -> ProgramEnd {
        let writer = try? RunningProgram("/bin/sh", ["-c", "echo go > \"$0\"", gate])
        let end = await program.end()
        if let writer {
            writer.sendToGroup(SIGKILL)
            _ = await writer.end()
        }
        return end
    }
}

/// A process that holds the writing end of a pipe, so that its reader waits.
private struct Holder {
    private let group: Int32

    /// Returns when a run has opened the pipe for reading.
    init(_ path: String) async throws {
        let program = try RunningProgram(
            "/usr/bin/timeout",
            ["--foreground", "-k", "1", "60", "/bin/sh", "-c", "exec 3>\"$0\"; sleep 300 &", path]
        )
        group = program.process
        let end = await program.end()
        try #require(end.code == 0, "\(end.errors)")
    }

    /// Closes the pipe: its reader comes to the end of it.
    func letGo() { kill(-group, SIGKILL) }
}
