import HandlerRuntime
import TestSupport
import Testing

@Suite("The warehouse lock")
struct WarehouseLockTests {
    private func take(
        _ path: String,
        _ mode: WarehouseLock.Mode,
        _ purpose: String
    ) throws(WarehouseLock.Busy) -> WarehouseLock {
        try WarehouseLock(path, mode: mode, purpose: purpose, patience: .zero)
    }

    @Test("lets many readers or one writer in, and names who is there")
    func exclusion() throws {
        let folder = try ScratchFolder()
        let path = folder.path("w.duckdb")
        #expect(WarehouseLock.holder(ofWarehouse: path) == nil)
        do {
            let first = try take(path, .reading, "query")
            let second = try take(path, .reading, "query")
            let error = #expect(throws: WarehouseLock.Busy.self) {
                _ = try take(path, .writing, "load")
            }
            #expect(error?.description.contains("(query)") ?? false)
            _ = consume first
            _ = consume second
        }
        do {
            let writer = try take(path, .writing, "load")
            #expect(throws: WarehouseLock.Busy.self) { _ = try take(path, .reading, "query") }
            #expect(throws: WarehouseLock.Busy.self) { _ = try take(path, .writing, "load") }
            #expect(WarehouseLock.holder(ofWarehouse: path)?.contains("(load)") ?? false)
            _ = consume writer
        }
        _ = try take(path, .writing, "load")
    }

    @Test("names a foreign process that holds it, and is free once that ends")
    func foreignHolder() async throws {
        let folder = try ScratchFolder()
        let path = folder.path("w.duckdb")
        let holder = try RunningProgram(
            "/usr/bin/flock",
            ["-o", "-x", path + ".lock", "/bin/sh", "-c", "echo held; exec sleep 1000"]
        )
        while !holder.outputSoFar.contains("held") { try await Task.sleep(for: .milliseconds(5)) }
        let error = #expect(throws: WarehouseLock.Busy.self) {
            _ = try take(path, .reading, "query")
        }
        #expect(error?.holder == "process \(holder.process)")
        holder.sendToGroup(9)
        _ = await holder.end()
        _ = try take(path, .writing, "load")
    }
}
