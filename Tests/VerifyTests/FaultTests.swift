import Testing

/// Each fault is planted into a copy of its own of the settled flow.
@Suite("Verify, after a fault that Sluice did not make,")
struct FaultTests {
    @Test("finds it in the lake", arguments: Fault.lake)
    func lake(fault: Fault) async throws { try await check(fault) }

    @Test("finds it in the warehouse", arguments: Fault.warehouse)
    func warehouse(fault: Fault) async throws { try await check(fault) }

    @Test("finds it in the folders", arguments: Fault.folders)
    func folders(fault: Fault) async throws { try await check(fault) }

    @Test("finds it in the ledger", arguments: Fault.ledger)
    func ledger(fault: Fault) async throws { try await check(fault) }

    @Test("finds it in derived tables", arguments: Fault.derived)
    func derived(fault: Fault) async throws { try await check(fault) }

    private func check(_ fault: Fault) async throws {
        let flow = try await FlowFolder(copyOf: PreparedFlow.settled())
        try await fault.plant(flow)
        let found = try await flow.findings()
        #expect(found == fault.findings)
    }
}
