import FoundationEssentials
import Glibc
import Testing

@Suite("A long series of invocations")
struct DescriptorTests {
    /// In a process of its own: elsewhere other tests open files meanwhile.
    @Test("leaves no descriptor open")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            let scripts = ["cat", "exit 3", "kill -9 $$", "sleep 1000 & echo 1"]
            let handlers = try scripts.map { try ScriptHandler($0) }
            func count() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            }
            for handler in handlers { _ = await handler.invoke() }
            let before = try count()
            for _ in 0..<50 { for handler in handlers { _ = await handler.invoke() } }
            let after = try count()
            if after > before { exit(1) }
        }
    }
}
