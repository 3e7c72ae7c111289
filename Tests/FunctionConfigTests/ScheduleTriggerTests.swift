import FunctionConfig
import Testing

@Suite("A trigger with a schedule")
struct ScheduleTriggerTests {
    private func read(_ trigger: String) throws(FunctionConfigError) -> FunctionConfig {
        try FunctionConfig(
            json: """
                { "functions": { "f": { "handler": "./f", "writes": [] } },
                  "triggers": [ { "id": "t", "function": "f", \(trigger) } ] }
                """,
            path: "/somewhere/functions.json",
            surroundings: .init(bucketsFolder: "/somewhere/buckets", environment: [:])
        )
    }

    @Test("is read")
    func accepted() throws {
        let config = try read(#""schedule": "cron(0 10 ? * mon-fri *)""#)
        let expected = try Schedule("cron(0 10 ? * 2-6 *)")
        guard case .schedule(let schedule) = config.triggers.first?.source else {
            Issue.record("it has another source")
            return
        }
        let times = schedule.times(9, after: 0, startedAt: 0)
        #expect(times == expected.times(9, after: 0, startedAt: 0))
        #expect(config.warnings.isEmpty)
    }

    @Test(
        "is refused with its place in the settings",
        arguments: [
            (#""schedule": "rate(1 minutes)""#, "triggers[0].schedule"),
            (#""schedule": "cron(0 10 * * * *)""#, "triggers[0].schedule"),
            (#""schedule": 5"#, "triggers[0].schedule"),
            (#""schedule": "rate(1 day)", "batch": { "size": 2 }"#, "triggers[0].batch"),
            (#""schedule": "rate(1 day)", "prefix": "a/""#, "triggers[0].prefix"),
            (#""schedule": "rate(1 day)", "bucket": "stage-1""#, "triggers[0]"),
        ]
    )
    func refused(trigger: String, path: String) throws {
        let error = #expect(throws: FunctionConfigError.self) { try read(trigger) }
        #expect(error?.problems.contains { $0.path == path } == true, "\(error?.description ?? "")")
    }

    @Test("whose times have passed is a warning, for it may have one to catch up")
    func past() throws {
        let config = try read(#""schedule": "cron(0 0 1 1 ? 2020)""#)
        #expect(config.warnings.map(\.path) == ["triggers[0].schedule"])
    }
}
