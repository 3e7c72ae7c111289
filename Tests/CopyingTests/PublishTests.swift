import FoundationEssentials
import TestSupport
import Testing

@Suite("Results that are published")
struct PublishTests {
    @Test("go out when they change, all in one run, and come back in no other way")
    func onChange() async throws {
        guard isInstalled("rsync") else { return }
        let flow = try CopyingFlow(
            #""publish":{"from":"results","to":"target"}"#,
            triggers: """
                {"id":"changed","function":"publish","bucket":"results",
                 "batch":{"size":1000,"window":0.2}}
                """
        )
        for name in ["A", "B", "C"] {
            try flow.folder.write(name, to: "buckets/results/\(name).csv")
        }
        try flow.folder.write("half", to: "buckets/results/.D.csv.tmp")
        try flow.folder.write("mine", to: "target/kept.txt")
        var end = try await flow.sluice("up", "--once")
        #expect(end.code == 0, "\(end.errors)")
        // Without folders each of the three is a table of its own; they are one run all the same.
        #expect(end.text.contains("versions: 3, runs: 1,"), "\(end.text)")
        #expect(try flow.folder.files(in: "target") == ["A.csv", "B.csv", "C.csv", "kept.txt"])

        try flow.folder.write("changed", to: "buckets/results/B.csv")
        try flow.folder.remove("buckets/results/C.csv")
        end = try await flow.sluice("up", "--once")
        #expect(end.text.contains("versions: 1, runs: 1,"), "\(end.text)")
        #expect(try flow.folder.text("target/B.csv") == "changed")
        #expect(try flow.folder.files(in: "target") == ["A.csv", "B.csv", "C.csv", "kept.txt"])
        #expect(try await flow.sluice("logs", "publish").text.contains("copied=1"))
    }

    @Test("wait where their place is away", arguments: ["target/gone/results", "rclone:far:"])
    func away(place: String) async throws {
        guard isInstalled("rsync"), isInstalled("rclone") else { return }
        let flow = try CopyingFlow(
            #""publish":{"from":"results","to":"\#(place)"}"#,
            variables: [
                "RCLONE_CONFIG_FAR_TYPE": "webdav",
                "RCLONE_CONFIG_FAR_URL": "http://127.0.0.1:9/results",
            ]
        )
        try flow.folder.write("1", to: "buckets/results/A.csv")
        let end = try await flow.copy("publish")
        #expect(end.code == 75)
        #expect(end.errors.contains("TargetAway"), "\(end.errors)")
    }
}
