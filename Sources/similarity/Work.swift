import DeltaTable
import DuckDB
import Events

/// What there is to do: indicators whose results are not of their newest data.
struct Work {
    /// An indicator to compute, and how many rows it has.
    struct Stale {
        let indicator: String
        let rows: Int
    }

    /// Indicators to compute, in order.
    let stale: [Stale]
    /// Indicators that have results and no longer data.
    let gone: [String]

    /// Whether all results are current.
    var isEmpty: Bool { stale.isEmpty && gone.isEmpty }

    /// Compares the input with its results.
    init(
        _ input: InputTable,
        _ lake: ResultLake,
        _ connection: borrowing Connection
    ) throws {
        let progress = try lake.progress(of: input)
        let version = input.snapshot.version
        guard progress.currentVersion != version else {
            stale = []
            gone = []
            return
        }
        let present = try input.indicators(connection)
        // Where the log does not tell, anything may have changed since.
        let changes =
            progress.currentVersion < version
            ? try input.changes(after: progress.currentVersion, connection) : nil
        stale = present.filter { indicator, _ in
            let changed = changes.map { $0[indicator] ?? -1 } ?? version
            return changed > progress.version(of: indicator)
        }
        .map { Stale(indicator: $0.key, rows: Int($0.value)) }
        .sorted { $0.indicator.utf8.lexicographicallyPrecedes($1.indicator.utf8) }
        gone = try lake.indicators(progress).subtracting(present.keys)
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// What a run has come to.
struct Total {
    private var indicators = 0
    private var removed = 0
    private var pairs: Int64 = 0
    private var repeatedValues = 0
    private var ignoredRows = 0

    mutating func add(_ results: [IndicatorResults], _ work: Work) {
        let gone = Set(work.gone)
        for result in results {
            if gone.contains(result.indicator) {
                removed += 1
                continue
            }
            indicators += 1
            pairs += result.pairs
            repeatedValues += result.repeatedValues
            ignoredRows += result.ignoredRows
        }
    }

    func json(table: String, version: Int64) -> JSONValue {
        [
            "table": .string(table), "version": .integer(version),
            "indicators": .integer(Int64(indicators)), "removed": .integer(Int64(removed)),
            "pairs": .integer(pairs), "repeated": .integer(Int64(repeatedValues)),
            "ignored": .integer(Int64(ignoredRows)),
        ]
    }
}
