import Buckets
import Catalog
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import TableRows

/// One run for one table: from staged versions to a transaction of the warehouse.
struct VersionLoading {
    let settings: TableSettings
    let reader: TableReader
    let context: HandlerContext
    private let staged: StagedVersions
    private var result: HandlerResult

    init(
        settings: TableSettings,
        entry: TableEntry,
        staged: StagedVersions,
        context: HandlerContext
    ) throws {
        self.settings = settings
        self.staged = staged
        self.context = context
        result = HandlerResult(batchItemFailures: staged.failures)
        reader = try TableReader(
            settings: settings,
            entry: entry,
            context: context,
            numbersRows: settings.mode == .upsert
        )
    }

    /// Loads what is due.
    ///
    /// Rows are made ready before the warehouse is locked for writing; when its state has changed
    /// meanwhile, what is to be done is decided anew.
    mutating func run(into warehouse: borrowing LoadTarget) throws -> HandlerResult {
        var state = try look(at: warehouse)
        let due = answerSettled(staged.manifests, state)
        guard !due.isEmpty else { return result }
        let prepared = try reader.prepare(due, on: warehouse.connection)
        for refusal in prepared.refusals { refuse(refusal) }
        var waiting = prepared.versions
        for _ in 0..<20 {
            let open = answerSettled(waiting.map(\.manifest), state)
            waiting.removeAll { version in !open.contains(version.manifest) }
            let (chosen, passed) = VersionHistory.parted(waiting, mode: settings.mode)
            guard !chosen.isEmpty else { return result }
            let change: WarehouseChange
            do {
                change = try WarehouseChange(
                    chosen,
                    columns: prepared.columns,
                    over: state,
                    reader: reader,
                    context: context,
                    on: warehouse.connection
                )
                try warehouse.tables.prepare(change, on: warehouse.connection)
            } catch let refusal as VersionRefusal {
                for version in chosen {
                    refuse(
                        VersionRefusal(
                            source: version.manifest.source,
                            type: refusal.type,
                            message: refusal.message
                        )
                    )
                }
                return result
            }
            if try commit(change, over: state, into: warehouse) {
                for version in chosen {
                    answer(
                        version.manifest,
                        "loaded",
                        rows: version.rows,
                        rejected: version.rejected
                    )
                }
                for passed in passed { answer(passed.version.manifest, "\(passed.state)") }
                removeQuarantines(change.replaced)
                return result
            }
            state = try look(at: warehouse)
        }
        throw HandlerError.notNow(
            "WarehouseChanging",
            "other programs changed the table \(settings.name) of the warehouse 20 times in between"
        )
    }

    private func look(at warehouse: borrowing LoadTarget) throws -> WarehouseTable {
        let (name, mode, tables) = (settings.name, settings.mode, warehouse.tables)
        return try warehouse.reading { connection in
            try tables.state(of: name, mode: mode, on: connection)
        } ?? WarehouseTable(mode: mode)
    }

    /// Applies a change in one transaction; false when the table is not what it was.
    private func commit(
        _ change: WarehouseChange,
        over state: WarehouseTable,
        into warehouse: borrowing LoadTarget
    ) throws -> Bool {
        let (name, mode, tables) = (settings.name, settings.mode, warehouse.tables)
        do {
            return try warehouse.writing(to: name) { connection in
                guard try tables.state(of: name, mode: mode, on: connection) == state else {
                    return false
                }
                try tables.apply(change, on: connection)
                return true
            }
        } catch let error as HandlerError where error.type == "ValueRefused" {
            let sources = change.chosen.map(\.manifest.source.source).joined(separator: ", ")
            throw HandlerError.input(error.type, "\(sources): \(error.message)")
        }
    }

    private mutating func answerSettled(
        _ manifests: [Manifest],
        _ state: WarehouseTable
    ) -> [Manifest] {
        manifests.filter { manifest in
            let version = VersionHistory.Version(
                source: manifest.source.source,
                sequencer: manifest.source.sequencer.column
            )
            let answered = state.history.state(of: version)
            switch answered {
            case .due: return true
            case .present:
                let figures = state.figures[version] ?? [0, 0]
                answer(manifest, "loaded", rows: figures[0], rejected: figures[1])
            case .superseded, .outdated: answer(manifest, "\(answered)")
            }
            return false
        }
    }

    private func removeQuarantines(_ versions: [VersionHistory.Version]) {
        for version in versions {
            guard let object = EarlierText.object(of: version) else { continue }
            let quarantine = Quarantine(
                source: object,
                table: settings.name,
                function: context.functionName,
                buckets: context.buckets
            )
            try? quarantine.remove()
        }
    }

    private mutating func answer(
        _ manifest: Manifest,
        _ status: String,
        rows: Int = 0,
        rejected: Int = 0
    ) {
        result.results.append([
            "table": .string(settings.name),
            "source": .string(manifest.source.source),
            "sequencer": .string(manifest.source.sequencer.description),
            "status": .string(status),
            "rows": .integer(Int64(rows)),
            "rejected": .integer(Int64(rejected)),
        ])
    }

    private mutating func refuse(_ refusal: VersionRefusal) {
        result.batchItemFailures.append(staged.failure(refusal))
    }
}
