import Events
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("The command line of schedules and runs by hand")
struct InvokeCommandTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        try folder.write("", to: "buckets/stage-1/keep")
        chmod(try folder.write("#!/bin/sh\ncat\n", to: "echo.sh"), 0o755)
        try folder.write(
            """
            { "functions": { "echo": { "handler": "./echo.sh", "writes": [] } },
              "triggers": [
                { "id": "far", "function": "echo", "schedule": "cron( 0 0 1 jan ? 2190-2199 )" },
                { "id": "past", "function": "echo", "schedule": "cron(0 0 1 1 ? 2020)" } ] }
            """,
            to: "functions.json"
        )
    }

    private func sluice(_ arguments: String..., input: String = "") async throws -> ProgramEnd {
        try await run(
            builtProgram(named: "sluice"),
            arguments,
            input: Data(input.utf8),
            environment: ["PATH": "/usr/bin:/bin"],
            folder: folder.path
        )
    }

    @Test("check tells the next three times of a schedule, and of one that has none left")
    func check() async throws {
        let end = try await sluice("check")
        #expect(end.code == 0)
        let times = [2190, 2191, 2192].map { "\($0)-01-01T00:00:00Z" }
        #expect(
            end.text.contains(
                "schedule far: cron(0 0 1 JAN ? 2190-2199), next \(times.joined(separator: ", "))\n"
            )
        )
        #expect(end.text.contains("schedule past: cron(0 0 1 1 ? 2020), next never\n"))
        #expect(end.errors.contains("warning: functions.json: triggers[1].schedule: "))
        let json = try JSONValue(parsing: try await sluice("check", "--json").text)
        #expect(json["schedules"]?["far"]?.array?.map(\.string) == times)
        #expect(json["schedules"]?["past"]?.array == [])
        #expect(
            json["triggers"]?.array?.first?["schedule"]?.string == "cron(0 0 1 JAN ? 2190-2199)"
        )
    }

    @Test("check names what is wrong with a schedule, and up starts nothing")
    func problem() async throws {
        let settings = try folder.text("functions.json").replacing("2190-2199", with: "2190 5")
        try folder.write(settings, to: "functions.json")
        let end = try await sluice("check")
        #expect(end.code == 2)
        #expect(end.text.contains("triggers[0].schedule: a cron expression has six fields"))
        #expect(try await sluice("up", "--once").code == 2)
    }

    @Test("invoke hands over an event from a file or standard input as it is")
    func events() async throws {
        let event = "{ \"a\" : [1.50, \"é\"] }\n"
        try folder.write(event, to: "event.json")
        #expect(try await sluice("invoke", "echo", "--event", "event.json").text == event + "\n")
        let piped = try await sluice("invoke", "echo", "--event", "-", input: event)
        #expect(piped.text == event + "\n")
        let scheduled = try await sluice("invoke", "echo", input: event).text
        #expect(
            scheduled.contains(#""resources":["arn:aws:events:us-east-1:000000000000:rule/far"]"#)
        )
    }

    @Test("invoke refuses an event that is none")
    func refused() async throws {
        let both = try await sluice("invoke", "echo", "stage-1/keep", "--event", "event.json")
        #expect(both.code == 2)
        try folder.write(Data([0xFF, 0xFE]), to: "event.json")
        let binary = try await sluice("invoke", "echo", "--event", "event.json")
        #expect(binary.code == 2)
        #expect(binary.errors.contains("is not UTF-8"))
        try folder.write(Data(repeating: 0x20, count: 6 << 20 + 1), to: "event.json")
        let long = try await sluice("invoke", "echo", "--event", "event.json")
        #expect(long.code == 2)
        #expect(long.errors.contains("name fewer objects"))
    }

    @Test("the event of an object is still piped into a handler")
    func piped() async throws {
        try folder.write("id\n1\n2\n", to: "buckets/stage-1/things/a.csv")
        let event = try await sluice("event", "put", "stage-1/things/a.csv")
        let end = try await run(
            builtProgram(named: "split"),
            [],
            input: event.output,
            environment: ["PATH": "/usr/bin:/bin"],
            folder: folder.path
        )
        #expect(end.code == 0, "\(end.errors)")
        let result = try JSONValue(parsing: end.text)["results"]?.array?.first
        #expect(result?["status"]?.string == "split")
        #expect(result?["records"]?.integer == 2)
    }
}
