public import Daemon
import Events

/// A finished version on one line.
///
/// `stage-1/streams/streams.csv -> lake.streams v3 +9,652 rows, warehouse +9,652, 0.41 s`
public enum FinishedLine {
    /// The line of a version.
    public static func text(_ version: FinishedVersion) -> String {
        let told = parts(version)
        let time = Amount.duration(microseconds: version.microseconds)
        let body = (told.texts + [time]).joined(separator: ", ")
        return PlainText.line("\(version.object) \(told.isArrow ? "-> " : "")\(body)")
    }

    private static func parts(_ version: FinishedVersion) -> (texts: [String], isArrow: Bool) {
        var texts: [String] = []
        var rejected: Int64 = 0
        var isArrow = false
        let ordered = version.parts.enumerated().sorted {
            (rank($0.element), $0.offset) < (rank($1.element), $1.offset)
        }
        for part in ordered.map(\.element) where !isStep(part) {
            switch part.outcome {
            case .lake(let table, let number, let counts):
                let number = number.map { " v\($0)" } ?? ""
                texts.append("lake.\(table)\(number) +\(Amount.count(counts.rows, "row"))")
                rejected = max(rejected, counts.rejected)
                isArrow = true
            case .warehouse(let table, let counts):
                texts.append(warehouse(table, counts, of: version))
                rejected = max(rejected, counts.rejected)
                isArrow = true
            case .leftLake(let table, let number, let rows):
                let number = number.map { " v\($0)" } ?? ""
                texts.append("lake.\(table)\(number) -\(Amount.count(rows, "row"))")
                isArrow = true
            case .leftWarehouse(let table, let rows):
                texts.append("warehouse.\(table) -\(Amount.count(rows, "row"))")
                isArrow = true
            case .done:
                texts.append(part.function)
                isArrow = true
            case .superseded, .cancelled, .failed: break
            }
        }
        if rejected > 0 { texts.append("\(Amount.grouped(rejected)) rejected") }
        texts += failures(version)
        if texts.isEmpty { texts.append(contentsOf: ends(version)) }
        if texts.isEmpty {
            isArrow = true
            texts = version.parts.map(\.function)
        }
        return (texts, isArrow)
    }

    /// Lake before warehouse before everything else, whichever ended first.
    private static func rank(_ part: FinishedVersion.Part) -> Int {
        switch part.outcome {
        case .lake, .leftLake: 0
        case .warehouse, .leftWarehouse: 1
        default: 2
        }
    }

    /// `split` and `crawl` are steps on the way; they are told only where nothing else is.
    private static func isStep(_ part: FinishedVersion.Part) -> Bool {
        part.outcome == .done && ["split", "crawl"].contains(part.handler)
    }

    /// A table of the same name needs no name again.
    private static func warehouse(
        _ table: String,
        _ counts: FinishedVersion.RowCounts,
        of version: FinishedVersion
    ) -> String {
        let isNamed = version.parts.contains { part in
            guard case .lake(table, _, _) = part.outcome else { return false }
            return true
        }
        return isNamed
            ? "warehouse +\(Amount.grouped(counts.rows))"
            : "warehouse.\(table) +\(Amount.count(counts.rows, "row"))"
    }

    /// What was given up; functions that give the same reason are told together.
    private static func failures(_ version: FinishedVersion) -> [String] {
        var failures: [(failure: HandlerFailure, functions: [String])] = []
        for part in version.parts {
            guard case .failed(let failure) = part.outcome else { continue }
            let index = failures.firstIndex { $0.failure.errorType == failure.errorType }
            if let index {
                failures[index].functions.append(part.function)
            } else {
                failures.append((failure, [part.function]))
            }
        }
        return failures.map { failure, functions in
            let rest = PlainText.message(failure.errorMessage, about: "\(version.object)")
            return "FAILED in \(functions.joined(separator: ", ")): \(failure.errorType): \(rest)"
        }
    }

    private static func ends(_ version: FinishedVersion) -> [String] {
        let outcomes = version.parts.map(\.outcome)
        if outcomes.contains(.superseded) { return ["superseded by a newer version"] }
        return outcomes.contains(.cancelled) ? ["deleted before it was handled"] : []
    }
}
