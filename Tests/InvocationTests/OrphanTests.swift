import FoundationEssentials
import Glibc
import Invocation
import TestSupport
import Testing

@Suite("A run that outlived its daemon")
struct OrphanTests {
    @Test("is ended with its group, and nobody else's")
    func ended() async throws {
        let folder = try ScratchFolder()
        let script = "sleep 1000 & echo ready; wait"
        func start(_ request: String, _ buckets: String) throws -> RunningProgram {
            try RunningProgram(
                "/bin/sh",
                ["-c", script],
                environment: [
                    "AWS_LAMBDA_REQUEST_ID": request, "SLUICE_BUCKETS": buckets,
                    "PATH": "/usr/bin:/bin",
                ]
            )
        }
        let orphan = try start("request-1", folder.path)
        let otherRequest = try start("request-2", folder.path)
        let otherBuckets = try start("request-1", folder.path + "-2")
        let all = [orphan, otherRequest, otherBuckets]
        while !all.allSatisfy({ $0.outputSoFar.contains("ready") }) { await Task.yield() }

        let count = await OrphanedRuns.end(["request-1"], buckets: folder.path)

        #expect(count == 2)
        #expect(await orphan.end().code == -SIGKILL)
        for other in [otherRequest, otherBuckets] {
            #expect(kill(other.process, 0) == 0)
            other.sendToGroup(SIGKILL)
            _ = await other.end()
        }
    }
}
