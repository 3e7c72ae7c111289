import Events
import Ledger
import TableFacts

/// What is told of a version's steps.
struct StepLines {
    let version: VersionStory
    let now: Int64

    /// The lines of a step: how it ended, what came of it, its runs.
    func texts(of step: StepStory) -> [String] {
        [state(of: step)] + results(of: step) + runs(of: step) + records(of: step)
    }

    /// What is known where no ledger tells of steps, with a label.
    var textsWithoutLedger: [(label: String, texts: [String])] {
        [("stage-2", split()), ("lake", lake()), ("warehouse", warehouse())]
            .filter { !$0.texts.isEmpty }
    }

    /// Where the log of the step's last run is, and its last lines, if that failed.
    func logTail(of step: StepStory) -> [String] {
        guard let run = step.runs.last(where: { $0.logTail != nil }), let tail = run.logTail,
            step.state != .done
        else { return [] }
        // What the function said of its failure is told above.
        let rest = tail.filter { line in
            !(line.hasPrefix("{") && line.contains("\"errorType\""))
                && !line.contains(" warning object failed ")
        }
        return ["log \(run.log)"] + rest.map { "  " + PlainText.cut($0, to: 300) }
    }

    // MARK: - How it ended

    private func state(of step: StepStory) -> String {
        var text = step.state.told
        if let last = step.runs.last, step.state == .done, let seconds = last.seconds {
            text += " in " + Amount.duration(microseconds: Int64(seconds * 1_000_000))
            if let memory = last.peakMemory, memory > 0 {
                text += ", \(Amount.bytes(memory)) of memory"
            }
        }
        if step.attempts > 0 {
            text += ", after \(Amount.count(step.attempts, "failed attempt"))"
        }
        if step.event == DeliveryEvent.removed.rawValue { text = "told of the deletion: " + text }
        if step.state == .dead || step.state == .purged || step.state == .waiting
            || step.state == .queued,
            let type = step.errorType
        {
            text += ": \(type): \(step.errorMessage ?? "")"
        }
        return text
    }

    private func results(of step: StepStory) -> [String] {
        guard let answer = step.answer else { return [] }
        if answer["chunks"] != nil { return split() }
        if answer["status"]?.string == "removed" { return removed(answer) }
        if answer["changes"] != nil { return [crawled(answer)] }
        if answer["files"] != nil, answer["rows"] != nil { return converted(answer) + lake() }
        if answer["sequencer"] != nil, answer["rows"] != nil { return warehouse(answer) }
        if answer["rows"] != nil {
            return ["\(Amount.count(answer["rows"]?.integer ?? 0, "row")) brought to the warehouse"]
        }
        return ["it answered \(Self.json(answer))"]
    }

    private static func json(_ value: JSONValue) -> String {
        (try? JSONText.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    // MARK: - What came of it

    private func split() -> [String] {
        guard let manifest = version.manifest else { return [] }
        var format = manifest.format
        if let delimiter = manifest.delimiter {
            format += delimiter == "\t" ? ", tabs" : ", `\(delimiter)`"
        }
        if let columns = manifest.columns {
            format += "; header: \(columns.joined(separator: ", "))"
        } else if manifest.header == false {
            format += ", without a header"
        }
        let records = Amount.count(manifest.records, "record")
        var lines = ["\(records) in \(Amount.count(manifest.chunks.count, "chunk")); \(format)"]
        if let purged = version.purgedAt {
            lines.append("chunks removed \(purged.text), as `chunks` says")
        } else if manifest.chunks.contains(where: { !$0.isThere }) {
            let missing = manifest.chunks.count { !$0.isThere }
            lines.append("\(missing) of its chunks are missing on the disk")
        }
        return lines + [manifest.key]
    }

    private func crawled(_ answer: JSONValue) -> String {
        let changes = answer["changes"]?.array?.compactMap(\.string) ?? []
        let number = answer["version"]?.integer.map { "version \($0)" } ?? "entry"
        let others = (answer["objects"]?.array?.count ?? 1) - 1
        let shared = others > 0 ? " (with \(Amount.count(others, "other version")))" : ""
        return changes.isEmpty
            ? "catalog \(number): no change"
            : "catalog \(number): \(changes.joined(separator: "; "))\(shared)"
    }

    private func removed(_ answer: JSONValue) -> [String] {
        guard let rows = answer["rows"]?.integer else {
            return [answer["manifest"]?.string ?? "it changes no table"]
        }
        let table = answer["table"]?.string ?? version.table
        let store = answer["files"] == nil ? "warehouse" : "lake"
        let number = answer["version"]?.integer.map { " version \($0)" } ?? ""
        return ["-\(Amount.count(rows, "row")) from \(store).\(table)\(number)"]
    }

    private func converted(_ answer: JSONValue) -> [String] {
        switch answer["status"]?.string {
        case "superseded": return ["a newer version of the file was in the table already"]
        case "outdated": return ["a newer version of another file is the table"]
        default: break
        }
        let rows = Amount.count(answer["rows"]?.integer ?? 0, "row")
        let rejected = answer["rejected"]?.integer ?? 0
        let table = answer["table"]?.string ?? version.table
        let number = answer["version"]?.integer.map { " version \($0)" } ?? ""
        return [
            "+\(rows) to lake.\(table)\(number)"
                + (rejected > 0 ? ", \(Amount.grouped(rejected)) rejected" : "")
        ]
    }

    private func lake() -> [String] {
        guard let lake = version.lake else { return [] }
        if let problem = lake.problem { return ["the lake could not be read: \(problem)"] }
        guard let newest = lake.newest else { return ["there is no lake table \(lake.table)"] }
        guard lake.present > 0 else {
            return ["now no rows of it in lake.\(lake.table) (version \(newest))"]
        }
        let files = lake.files.prefix(3).joined(separator: ", ")
        let more = lake.files.count > 3 ? " and \(lake.files.count - 3) more" : ""
        return [
            "now \(Amount.count(lake.present, "row")) of it in lake.\(lake.table) (version "
                + "\(newest)): \(files)\(more)"
        ]
    }

    private func warehouse(_ answer: JSONValue? = nil) -> [String] {
        switch answer?["status"]?.string {
        case "superseded": return ["a newer version of the file was in the table already"]
        case "outdated": return ["a newer version of another file is the table"]
        default: break
        }
        var lines: [String] = []
        if let answer {
            let rows = Amount.count(answer["rows"]?.integer ?? 0, "row")
            let rejected = answer["rejected"]?.integer ?? 0
            lines.append(
                "+\(rows) to warehouse.\(answer["table"]?.string ?? version.table)"
                    + (rejected > 0 ? ", \(Amount.grouped(rejected)) rejected" : "")
            )
        }
        guard let warehouse = version.warehouse else { return lines }
        if let problem = warehouse.problem {
            return lines + ["the warehouse could not be read: \(problem)"]
        }
        let history =
            warehouse.status.map { status in
                "; sluice_loads: \(status)" + (warehouse.loadedAt.map { " \($0.text)" } ?? "")
            } ?? "; sluice_loads does not name it"
        let present =
            warehouse.present > 0
            ? "now \(Amount.count(warehouse.present, "row")) of it"
            : "now no rows of it"
        return lines + ["\(present) in warehouse.\(warehouse.table)\(history)"]
    }

    private func records(of step: StepStory) -> [String] {
        step.records.map { "record (\($0.condition)) to \($0.destination): \($0.state)" }
    }

    // MARK: - Its runs

    private func runs(of step: StepStory) -> [String] {
        if step.runs.isEmpty, step.state == .done {
            return ["its runs are not known any more (`retention`, or a ledger made anew)"]
        }
        return step.runs.enumerated().flatMap { index, run -> [String] in
            var parts = ["run \(run.requestID)", run.startedAt.text]
            if run.objects > 1 { parts.append("with \(Amount.count(run.objects - 1, "other"))") }
            parts.append(end(of: run))
            var lines = [parts.joined(separator: ", ")]
            let isLast = index == step.runs.count - 1
            if !isLast, let type = run.errorType {
                lines.append("\(type): \(run.errorMessage ?? "")")
            }
            return lines
        }
    }

    private func end(of run: RunStory) -> String {
        guard let outcome = run.outcome else { return "it runs" }
        let code =
            run.signal.map { "signal \($0)" } ?? run.exitCode.map { "exit \($0)" } ?? "no exit code"
        let time = run.seconds.map {
            " after \(Amount.duration(microseconds: Int64($0 * 1_000_000)))"
        }
        let word =
            switch outcome {
            case "not_now": "not now"
            case "input": "the input is at fault"
            case "memory": "too much memory"
            default: outcome
            }
        return "\(word) (\(code)\(time ?? ""))"
    }
}

extension DeliveryState {
    /// The state as a verdict: `done`, `given up`.
    fileprivate var told: String {
        switch self {
        case .running: "runs"
        case .waiting: "waits for another try"
        default: word
        }
    }
}
