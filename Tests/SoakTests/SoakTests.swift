import FoundationEssentials
import TestSupport
import Testing

@Suite("A long run")
struct SoakTests {
    @Test("ends with the tables that the files say, and has not grown")
    func short() async throws {
        let scratch = try ScratchFolder()
        let sluice = try builtProgram(named: "sluice")
        let programs = String(sluice.dropLast("/sluice".count))
        let end = try await run(
            "/usr/bin/env",
            [
                "python3", "\(packageFolder)/scripts/faults/soak.py", programs, scratch.path,
                "--rounds", "36", "--seed", "1",
            ]
        )
        #expect(end.code == 0, "\(end.errors)")
        #expect(end.text.contains("lost 0  doubled 0"))
    }
}
