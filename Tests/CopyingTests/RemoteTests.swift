import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("A folder on another host")
struct RemoteTests {
    @Test("is reached by a shell, as ssh gives it")
    func shell() async throws {
        guard isInstalled("rsync") else { return }
        let flow = try CopyingFlow(
            CopyingFlow.sync("far:source", #","options":["--rsh=./shell"]"#)
                + #","publish":{"from":"results","to":"far:target","options":["--rsh=./shell"]}"#
        )
        // Runs on this machine what ssh would run on the other: HOST COMMAND...
        let shell = try flow.folder.write("#!/bin/sh\nshift\nexec \"$@\"\n", to: "shell")
        chmod(shell, 0o755)
        try flow.folder.write("1", to: "source/a b.csv")
        var end = try await flow.copy()
        #expect(end.text.contains(#""copied":1"#), "\(end.text)\(end.errors)")
        #expect(try flow.folder.text("buckets/stage-1/in/a b.csv") == "1")
        try flow.folder.write("2", to: "buckets/results/r.csv")
        end = try await flow.copy("publish")
        #expect(end.text.contains(#""copied":1"#), "\(end.text)\(end.errors)")
        #expect(try flow.folder.text("target/r.csv") == "2")

        try flow.folder.write(
            "#!/bin/sh\necho 'me@far: Permission denied (publickey).' >&2\nexit 255\n",
            to: "shell"
        )
        end = try await flow.copy()
        #expect(end.code == 1)
        #expect(end.errors.contains("SourceDenied"), "\(end.errors)")
    }

    @Test("is reached through a server of rsync, with a password that nobody is shown")
    func server() async throws {
        guard isInstalled("rsync") else { return }
        let port = try freePort()
        let secret = "open sesame 17"
        let flow = try CopyingFlow(CopyingFlow.sync("rsync://reader@127.0.0.1:\(port)/files/sub"))
        let secrets = try flow.folder.write("reader:\(secret)\n", to: "secrets")
        chmod(secrets, 0o600)
        try flow.folder.write(
            """
            use chroot = no
            pid file = \(flow.folder.path("rsyncd.pid"))
            [files]
            path = \(flow.folder.path("source"))
            read only = yes
            auth users = reader
            secrets file = \(secrets)

            """,
            to: "rsyncd.conf"
        )
        try flow.folder.write("1", to: "source/sub/a.csv")
        let server = try RunningProgram(
            "/usr/bin/rsync",
            [
                "--daemon", "--no-detach", "--address=127.0.0.1", "--port=\(port)",
                "--config=\(flow.folder.path("rsyncd.conf"))",
            ],
            environment: ["PATH": "/usr/bin:/bin"]
        )
        try await flow.until { try await flow.copy().code != 75 }
        let denied = try await flow.copy()
        #expect(denied.code == 1)
        #expect(denied.errors.contains("SourceDenied"), "\(denied.errors)")
        let wrong = try await flow.copy("sync", ["RSYNC_PASSWORD": "wrong password"])
        #expect(wrong.errors.contains("SourceDenied"), "\(wrong.errors)")
        #expect(!wrong.errors.contains("wrong password"))
        let end = try await flow.copy("sync", ["RSYNC_PASSWORD": secret])
        #expect(end.code == 0, "\(end.errors)")
        #expect(try flow.folder.text("buckets/stage-1/in/a.csv") == "1")
        server.sendToGroup(SIGKILL)
        _ = await server.end()
        let away = try await flow.copy("sync", ["RSYNC_PASSWORD": secret])
        #expect(away.code == 75)
        #expect(away.errors.contains("SourceAway"), "\(away.errors)")
    }

    /// A port that nobody had a moment ago.
    private func freePort() throws -> UInt16 {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 ? getsockname(listener, $0, &length) : -1
            }
        }
        try #require(result == 0)
        return UInt16(bigEndian: address.sin_port)
    }
}
