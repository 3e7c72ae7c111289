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
    /// Reads rows with the types of the catalog, or with those that the table cannot leave.
    private(set) var reader: TableReader
    let context: HandlerContext
    let staged: StagedVersions
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
    /// Good files, nearly all, are looked at while they are made ready or written. What then turns out
    /// not to be good is dropped, and looked at beforehand.
    mutating func run(into warehouse: borrowing LoadTarget) throws -> HandlerResult {
        for manifest in staged.ended { answer(manifest, "superseded") }
        try retract(staged.removals, from: warehouse)
        if let replay = staged.replay, try !makeAnew(for: replay, in: warehouse) { return result }
        let state = try look(at: warehouse)
        let due = answerSettled(staged.manifests, state)
        guard !due.isEmpty else { return result }
        if try stream(due, over: state, into: warehouse) { return result }
        if !warehouse.tables.canStream, reader.canProveInPassing(due),
            !reader.canHaveTooManyPartitions(due)
        {
            let before = result
            do {
                return try load(due, over: state, into: warehouse, inPassing: true)
            } catch is NotAllGood {
                result = before
            }
        }
        return try load(due, over: state, into: warehouse, inPassing: false)
    }

    /// A version is not what it seemed to be; nothing of it is in the warehouse.
    private struct NotAllGood: Error {}

    /// Loads versions.
    ///
    /// Rows are made ready before the warehouse is locked for writing; when its state has changed
    /// meanwhile, what is to be done is decided anew.
    private mutating func load(
        _ due: [Manifest],
        over known: WarehouseTable,
        into warehouse: borrowing LoadTarget,
        inPassing: Bool
    ) throws -> HandlerResult {
        var state = known
        var prepared = try prepare(due, on: warehouse.connection, inPassing: inPassing)
        var isNarrowed = false
        for _ in 0..<20 {
            let open = answerSettled(prepared.versions.map(\.manifest), state)
            let isOpen = Set(open.map(\.source))
            prepared.versions.removeAll { !isOpen.contains($0.manifest.source) }
            let (chosen, passed) = VersionHistory.parted(prepared.versions, mode: settings.mode)
            guard !chosen.isEmpty else { return result }
            let change: WarehouseChange
            do {
                change = try self.change(chosen, prepared, over: state, of: warehouse)
            } catch let error as DuckDBError
                where inPassing && TableReader.isAboutContent(error.message)
            {
                throw NotAllGood()
            } catch let refusal as VersionRefusal {
                if inPassing { throw NotAllGood() }
                let fitting =
                    isNarrowed ? [] : try narrow(to: state, open, on: warehouse.connection)
                for manifest in open where !fitting.contains(manifest) { refuse(manifest, refusal) }
                isNarrowed = true
                prepared = try prepare(fitting, on: warehouse.connection, inPassing: false)
                continue
            }
            if try commit(change, over: state, into: warehouse, settled: { _ in chosen }) != nil {
                answerLoaded(chosen, replacing: change.replaced)
                for passed in passed { answer(passed.version.manifest, "\(passed.state)") }
                return result
            }
            state = try look(at: warehouse)
        }
        throw HandlerError.notNow(
            "WarehouseChanging",
            "other programs changed the table \(settings.name) of the warehouse 20 times in between"
        )
    }

    private mutating func prepare(
        _ manifests: [Manifest],
        on connection: borrowing Connection,
        inPassing: Bool
    ) throws -> PreparedRows {
        let prepared = try reader.prepare(manifests, on: connection, inPassing: inPassing)
        for refusal in prepared.refusals { refuse(refusal) }
        return prepared
    }

    /// Takes the types that the table has, as it cannot get wider ones, and returns the versions
    /// that these hold.
    private mutating func narrow(
        to state: WarehouseTable,
        _ manifests: [Manifest],
        on connection: borrowing Connection
    ) throws -> [Manifest] {
        let narrowed = try reader.narrowed(manifests, on: connection) { field in
            try state.has(field, on: connection)
        }
        guard let narrowed else { return [] }
        reader = narrowed.reader
        return narrowed.fitting
    }

    /// What makes `chosen` part of the table, with all made ready that can be.
    ///
    /// - Throws: `NotAllGood` when a version is not what it seemed to be.
    private func change(
        _ chosen: [PreparedVersion],
        _ prepared: PreparedRows,
        over state: WarehouseTable,
        of warehouse: borrowing LoadTarget
    ) throws -> WarehouseChange {
        let change = try WarehouseChange(
            chosen,
            columns: prepared.columns,
            over: state,
            reader: reader,
            context: context,
            on: warehouse.connection
        ) {
            try warehouse.reading { connection in
                try warehouse.tables.owners(of: settings.name, on: connection)
            } ?? []
        }
        prepared.beginReading()
        try warehouse.tables.prepare(change, on: warehouse.connection)
        guard prepared.areProven(chosen) else { throw NotAllGood() }
        return change
    }

    func look(at warehouse: borrowing LoadTarget) throws -> WarehouseTable {
        let (name, mode, tables) = (settings.name, settings.mode, warehouse.tables)
        return try warehouse.reading { connection in
            try tables.state(of: name, mode: mode, on: connection)
        } ?? WarehouseTable(mode: mode)
    }

    /// Applies a change in one transaction; nil when the table is not what it was.
    ///
    /// `settled` tells which versions these rows are, from how many came with each part.
    func commit(
        _ change: WarehouseChange,
        over state: WarehouseTable,
        into warehouse: borrowing LoadTarget,
        settled: ([Int]) throws -> [PreparedVersion]
    ) throws -> [PreparedVersion]? {
        let (name, mode, tables) = (settings.name, settings.mode, warehouse.tables)
        var loaded: [PreparedVersion] = []
        do {
            let done = try warehouse.writing(to: name) { connection in
                guard try tables.state(of: name, mode: mode, on: connection) == state else {
                    return false
                }
                loaded = try settled(try tables.apply(change, on: connection))
                try tables.record(loaded, replacing: change.replaced, table: name, on: connection)
                return true
            }
            return done ? loaded : nil
        } catch let error as HandlerError where error.type == "ValueRefused" {
            let sources = change.sources.joined(separator: ", ")
            throw HandlerError.input(error.type, "\(sources): \(error.message)")
        }
    }

    mutating func answerLoaded(
        _ versions: [PreparedVersion],
        replacing replaced: [VersionHistory.Version]
    ) {
        for version in versions {
            answer(
                version.manifest,
                "loaded",
                rows: version.rows,
                rejected: version.rejected
            )
        }
        removeQuarantines(replaced)
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
                // The run that loaded it may have been cut off before it did this.
                removeQuarantines(state.replaced(by: version))
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

    mutating func answer(
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

    /// Refuses a version for a reason that the rows of others have.
    mutating func refuse(_ manifest: Manifest, _ reason: VersionRefusal) {
        refuse(
            VersionRefusal(source: manifest.source, type: reason.type, message: reason.message)
        )
    }

    private mutating func refuse(_ refusal: VersionRefusal) {
        result.batchItemFailures.append(staged.failure(refusal))
    }
}
