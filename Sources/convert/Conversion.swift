import Buckets
import Catalog
import DeltaTable
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import LakeFiles
import TableRows

/// One run for one table: from staged versions to a commit.
struct Conversion: ~Copyable {
    let settings: TableSettings
    let context: HandlerContext
    let log: DeltaLog
    let note: WriteNote
    let connection: Connection
    let checkpoints: DuckDBCheckpoints
    /// Reads rows with the types of the catalog, or with those that the table cannot leave.
    private(set) var reader: TableReader
    let staged: StagedVersions
    private var result: HandlerResult

    /// Opens what the run needs; nothing is read yet.
    init(
        settings: TableSettings,
        entry: TableEntry,
        staged: StagedVersions,
        context: HandlerContext,
        database: borrowing Database
    ) throws {
        // Everything that can fail comes before the first assignment to a noncopyable part.
        let reader = try TableReader(
            settings: settings,
            entry: entry,
            context: context,
            numbersRows: settings.mode == .upsert
        )
        let connection = try database.connect()
        let checkpoints = try DuckDBCheckpoints(database)
        self.settings = settings
        self.staged = staged
        result = HandlerResult(batchItemFailures: staged.failures)
        self.context = context
        self.reader = reader
        self.connection = connection
        self.checkpoints = checkpoints
        log = DeltaLog(table: context.buckets.lakeTable(settings.name))
        note = WriteNote(log, in: context.buckets)
    }

    /// Converts what is due.
    ///
    /// Good files, nearly all, are looked at while they are written. What then turns out not to be
    /// good is dropped before it is committed, and looked at beforehand.
    mutating func run() throws -> HandlerResult {
        try note.recover()
        let result = try converted()
        try note.end()
        return result
    }

    private mutating func converted() throws -> HandlerResult {
        for manifest in staged.ended { answer(manifest, "superseded") }
        try retract(staged.removals)
        if let replay = staged.replay, try !makeAnew(for: replay) { return result }
        let due = answerSettled(staged.manifests, in: try log.snapshot(using: checkpoints))
        guard !due.isEmpty else { return result }
        if reader.canProveInPassing(due) {
            let before = result
            do { return try convert(due, inPassing: true) } catch is NotAllGood { result = before }
        }
        return try convert(due, inPassing: false)
    }

    /// Converts versions; another writer's commit in between makes it decide anew.
    private mutating func convert(
        _ due: [Manifest],
        inPassing: Bool
    ) throws -> HandlerResult {
        var prepared = try prepare(due, inPassing: inPassing)
        var isNarrowed = false
        for _ in 0..<20 {
            let snapshot = try log.snapshot(using: checkpoints)
            try snapshot?.requireWritable(table: settings.name)
            let open = answerSettled(prepared.versions.map(\.manifest), in: snapshot)
            let isOpen = Set(open.map(\.source))
            prepared.versions.removeAll { !isOpen.contains($0.manifest.source) }
            let (chosen, passed) = VersionHistory.parted(prepared.versions, mode: settings.mode)
            guard !chosen.isEmpty else { return result }
            do {
                guard try commit(chosen, of: prepared, over: snapshot) else { continue }
            } catch let refusal as VersionRefusal {
                if inPassing { throw NotAllGood() }
                let fitting = isNarrowed ? [] : try narrow(to: snapshot, open)
                for manifest in open where !fitting.contains(manifest) { refuse(manifest, refusal) }
                isNarrowed = true
                prepared = try prepare(fitting, inPassing: false)
                continue
            }
            for passed in passed { answer(passed.version.manifest, "\(passed.state)") }
            removeQuarantines(replacedBy: chosen, in: snapshot)
            return result
        }
        throw HandlerError.failure(
            "CommitConflict",
            "other writers committed to lake/\(settings.name) 20 times in between; let one write "
                + "at a time"
        )
    }

    private mutating func prepare(
        _ manifests: [Manifest],
        inPassing: Bool
    ) throws -> PreparedRows {
        let prepared = try reader.prepare(manifests, on: connection, inPassing: inPassing)
        for refusal in prepared.refusals { refuse(refusal) }
        return prepared
    }

    /// Takes the types that the table has, as it cannot get wider ones, and returns the versions
    /// that these hold.
    private mutating func narrow(
        to snapshot: Snapshot?,
        _ manifests: [Manifest]
    ) throws -> [Manifest] {
        let narrowed = try reader.narrowed(manifests, on: connection) { field in
            snapshot?.schema[field.name].map { $0.type == DeltaType(field.type) } ?? true
        }
        guard let narrowed else { return [] }
        reader = narrowed.reader
        return narrowed.fitting
    }

    /// Answers for what the table has already, and returns the others.
    private mutating func answerSettled(
        _ manifests: [Manifest],
        in snapshot: Snapshot?
    ) -> [Manifest] {
        let history = Transactions.history(of: snapshot, mode: settings.mode)
        return manifests.filter { manifest in
            let version = VersionHistory.Version(
                source: manifest.source.source,
                sequencer: manifest.source.sequencer.column
            )
            let state = history.state(of: version)
            switch state {
            case .due: return true
            case .present: answerPresent(manifest, version)
            case .superseded, .outdated: answer(manifest, "\(state)")
            }
            return false
        }
    }

    /// Writes the rows and commits them.
    ///
    /// - Returns: False when another writer was first; nothing stays then.
    /// - Throws: `VersionRefusal` when the table's columns cannot become as wide as the versions
    ///   need them.
    private mutating func commit(
        _ chosen: [PreparedVersion],
        of prepared: PreparedRows,
        over snapshot: Snapshot?
    ) throws -> Bool {
        let shape = TableShape(
            settings: settings,
            entry: reader.entry,
            columns: prepared.columns,
            snapshot: snapshot
        )
        let change = try tableChange(
            chosen,
            by: UpsertKeys(settings.keys, columns: prepared.columns),
            shape: shape,
            over: snapshot
        )
        let now = UTCTime.nowMicroseconds() / 1000
        let written = try write(change, shape, of: prepared, now: now, chosen, over: snapshot)
        let adds = written.files.flatMap(\.adds)
        let info = commitInfo(chosen, files: adds.count, now: now)
        var actions: [DeltaAction] = [.commitInfo(info)]
        if snapshot == nil { actions.append(.tableProtocol(.ours)) }
        if let metadata = shape.metadata(over: snapshot, name: settings.name, now: now) {
            actions.append(.metadata(metadata))
        }
        for figures in info.sluiceFigures ?? [] {
            actions.append(
                .transaction(
                    Transaction(appId: figures.appId, version: figures.version, lastUpdated: now)
                )
            )
        }
        actions += written.removed.map { .remove($0.removed(at: now)) }
        guard try commit(actions, adding: written.files, over: snapshot, now: now) else {
            return false
        }
        for chosen in chosen {
            answer(
                chosen.manifest,
                "converted",
                version: Self.next(after: snapshot),
                rows: chosen.rows,
                rejected: chosen.rejected,
                files: adds.count
            )
        }
        return true
    }

    private func removeQuarantines(replacedBy chosen: [PreparedVersion], in snapshot: Snapshot?) {
        let history = Transactions.history(of: snapshot, mode: settings.mode)
        for old in history.replaced(by: chosen.map(\.name)) {
            guard let object = EarlierText.object(of: old) else { continue }
            let quarantine = Quarantine(
                source: object,
                table: settings.name,
                function: context.functionName,
                buckets: context.buckets
            )
            try? quarantine.remove()
        }
    }

    /// Removes what a run had to remove that was cut off after its commit: bad rows of versions that
    /// were in the table before.
    private func removeQuarantines(olderThan manifest: Manifest) {
        guard !settings.mode.countsAllVersions else { return }
        let own = reader.quarantine(of: manifest)
        let older = own.older(inTable: settings.mode == .replace)
        guard !older.isEmpty, let commits = try? log.provenance(holding: "") else { return }
        let converted = Set(commits.flatMap { $0.info.sluiceFigures?.map(\.version) ?? [] })
        for quarantine in older where converted.contains(quarantine.sequencer.column) {
            try? quarantine.remove()
        }
    }

    private mutating func answerPresent(_ manifest: Manifest, _ version: VersionHistory.Version) {
        removeQuarantines(olderThan: manifest)
        let name = Transactions.name(version, mode: settings.mode)
        guard let known = try? log.figures(forTransaction: name, version: version.sequencer) else {
            answer(manifest, "converted")
            return
        }
        answer(
            manifest,
            "converted",
            version: known.commit,
            rows: Int(known.figures.counts["rows"] ?? 0),
            rejected: Int(known.figures.counts["rejected"] ?? 0),
            files: Int(known.totals["files"] ?? 0)
        )
    }

    mutating func answer(
        _ manifest: Manifest,
        _ status: String,
        version: Int64? = nil,
        rows: Int = 0,
        rejected: Int = 0,
        files: Int = 0
    ) {
        result.results.append([
            "table": .string(settings.name),
            "source": .string(manifest.source.source),
            "sequencer": .string(manifest.source.sequencer.description),
            "status": .string(status),
            "version": version.map { .integer($0) } ?? .null,
            "rows": .integer(Int64(rows)),
            "rejected": .integer(Int64(rejected)),
            "files": .integer(Int64(files)),
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
