import Events
import FoundationEssentials
import FunctionConfig
import Migrations

/// What `migrate` did or would do, as lines or as one JSON object.
struct MigrationReport {
    private let json: Bool
    private let output = StandardOutput()
    private var applied: [JSONValue] = []
    private var pending: [JSONValue] = []
    private var version: SchemaVersion?

    init(json: Bool) { self.json = json }

    /// A script was applied.
    mutating func note(applied one: Migrations.Applied) {
        applied.append(["script": .string(one.script.path), "seconds": .double(one.seconds)])
        let milliseconds = Int((one.seconds * 1000).rounded())
        line("applied  \(one.script.path)  \(milliseconds) ms")
    }

    /// Scripts would be applied.
    mutating func note(pending plan: MigrationPlan) {
        version = plan.version
        for next in plan.pending {
            let script = next.migration.script
            pending.append([
                "script": .string(script.path), "reason": .string(next.reason.rawValue),
            ])
            line("pending  \(script.path)  \(next.reason)")
        }
        line("\(pending.count) pending, nothing was changed; \(state)")
    }

    /// Nothing more is to be done.
    mutating func note(done plan: MigrationPlan) {
        version = plan.version
        line("\(applied.count) applied; \(state)")
    }

    /// Writes what is left to write.
    func finish() throws {
        if json {
            let version: JSONValue = self.version.map { .string($0.description) } ?? .null
            let report: JSONValue = [
                "applied": .array(applied), "pending": .array(pending), "version": version,
            ]
            output.write(String(decoding: try JSONText.encode(report), as: UTF8.self) + "\n")
        }
        output.flush()
    }

    private var state: String {
        version.map { "the schema is at version \($0)" } ?? "the schema has no version yet"
    }

    private func line(_ text: String) {
        if !json { output.write(text + "\n") }
    }
}
