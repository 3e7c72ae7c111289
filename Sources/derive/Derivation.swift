import Buckets
import DeltaTable
import DuckDB
import Events
import FoundationEssentials
import FunctionConfig
import HandlerRuntime
import LakeFiles
import LakeQuery
import TableRows

/// One derived table on its way to agree with the tables that it is made of.
struct Derivation {
    private let table: TableSettings
    private let from: [String]
    private let path: String
    private let context: HandlerContext
    private let log: DeltaLog
    private let note: WriteNote

    /// A table that has a `query`.
    init(of table: TableSettings, _ context: HandlerContext) {
        self.table = table
        from = table.derivation?.from ?? []
        path = table.derivation?.query ?? ""
        self.context = context
        log = DeltaLog(table: context.buckets.lakeTable(table.name))
        note = WriteNote(log, in: context.buckets)
    }

    /// Makes the table anew unless it is made of the newest versions already.
    ///
    /// Another run for the same table waits until this one ends, and then finds it done, or goes on
    /// from what came meanwhile.
    ///
    /// - Returns: `derived`, `current` where nothing has changed, or `waiting` where a source does
    ///   not exist yet.
    func run() throws -> JSONValue {
        let locks = context.buckets.stateFolder + "/derive"
        try FilePath.makeFolder(locks)
        return try FileLock.whileHeld("\(locks)/\(table.name).lock") {
            try note.recover()
            let answer = try runAlone()
            try note.end()
            return answer
        }
    }

    private func runAlone() throws -> JSONValue {
        let query = try DerivingQuery(path: path, from: from)
        let database = try openDatabase()
        let checkpoints = try DuckDBCheckpoints(database)
        for _ in 0..<20 {
            let sources = try readSources(checkpoints)
            guard sources.count == from.count else {
                let present = sources.map(\.name)
                return answer("waiting", missing: from.filter { !present.contains($0) })
            }
            let snapshot = try log.snapshot(using: checkpoints)
            try requireDerived(snapshot)
            let basis = Basis(table, query, sources)
            if basis.isOlder(than: snapshot) { continue }
            if try basis.hasSameRows(as: snapshot) { return answer("current", snapshot?.version) }
            let result = try write(query, sources, database)
            guard let version = try commit(result, query, basis, over: snapshot) else {
                result.files.discard()
                continue
            }
            let now = UTCTime.nowMicroseconds() / 1000
            if let error = log.writeCheckpointIfDue(after: version, now: now, using: checkpoints) {
                HandlerLog.warning("checkpoint not written", ["error": "\(error)"])
            }
            return answer("derived", version, result)
        }
        throw HandlerError.failure(
            "CommitConflict",
            "other writers committed to \(log.table) 20 times in between; let `derive` alone write it"
        )
    }

    // MARK: - What goes in

    /// A database in memory for one query; what does not fit goes to the run's scratch folder.
    private func openDatabase() throws -> Database {
        try FilePath.makeFolder(context.scratchFolder)
        return try Database(settings: context.databaseSettings)
    }

    /// The newest versions of those sources that exist, in the order of `from`.
    private func readSources(_ checkpoints: borrowing DuckDBCheckpoints) throws -> [LakeTable] {
        var sources: [LakeTable] = []
        for name in from {
            let folder = context.buckets.lakeTable(name)
            if let source = try LakeTable.read(name, in: folder, asOf: nil, using: checkpoints) {
                sources.append(source)
            }
        }
        return sources
    }

    /// Nothing but `derive` may have made the table: its rows are going to be replaced.
    private func requireDerived(_ snapshot: Snapshot?) throws {
        guard let snapshot else { return }
        try snapshot.requireWritable(table: log.table)
        guard snapshot.transactions[Basis.name] != nil else {
            throw HandlerError.failure(
                "NotDerived",
                "\(log.table) holds rows that no query made, and `query` would replace them; give "
                    + "the derived table another name, or move that folder away"
            )
        }
    }

    // MARK: - What comes out

    /// A result that is on the disk and part of no table yet.
    private struct Written {
        let schema: DeltaSchema
        let files: LakeFiles
    }

    private func write(
        _ query: DerivingQuery,
        _ sources: [LakeTable],
        _ database: borrowing Database
    ) throws -> Written {
        let connection = try database.connect()
        try connection.execute(
            "DROP SCHEMA IF EXISTS lake CASCADE; CREATE SCHEMA lake; SET search_path = 'main,lake'"
        )
        let lake = LakeTables(sources)
        var needed: [String: [AddFile]] = [:]
        if lake.fileCount >= LakeTables.fewFiles,
            let plan = StatementPlan(of: query.text, over: sources, on: connection)
        {
            needed = lake.files(for: plan, on: connection)
        }
        try lake.makeViews(reading: needed, on: connection)
        let fields = try query.columns(on: connection)
        try requireColumns(of: fields, query)
        let schema = DeltaSchema(fields)
        let writer = LakeWriter(
            table: log.table,
            schema: schema,
            partitionColumns: table.partitionBy,
            sortColumns: table.sortBy,
            mark: try note.mark()
        )
        do throws(LakeFilesError) {
            let files = try writer.write(
                "SELECT * FROM \(query.relation)",
                on: connection,
                now: UTCTime.nowMicroseconds() / 1000
            )
            return Written(schema: schema, files: files)
        } catch {
            throw HandlerError.notNow(hinderedBy: error.detail, "\(error)")
                ?? query.failure(error.detail)
        }
    }

    private func requireColumns(
        of fields: [DeltaField],
        _ query: DerivingQuery
    ) throws(HandlerError) {
        let names = fields.map(\.name)
        for (setting, columns) in [("partitionBy", table.partitionBy), ("sortBy", table.sortBy)] {
            guard let missing = columns.first(where: { !names.contains($0) }) else { continue }
            throw query.failure(
                "the result has no column `\(missing)`, which tables.\(table.name).\(setting) names"
            )
        }
        guard names.contains(where: { !table.partitionBy.contains($0) }) else {
            throw query.failure("every column of the result is a partition; leave one out")
        }
    }

    /// Commits the result in the place of all that is there.
    ///
    /// - Returns: The version; nil when another commit was first.
    private func commit(
        _ result: Written,
        _ query: DerivingQuery,
        _ basis: Basis,
        over snapshot: Snapshot?
    ) throws -> Int64? {
        let now = UTCTime.nowMicroseconds() / 1000
        var actions: [DeltaAction] = [.commitInfo(information(result, query, basis, now))]
        if snapshot == nil { actions.append(.tableProtocol(.ours)) }
        if let metadata = metadata(result.schema, over: snapshot, now) {
            actions.append(.metadata(metadata))
        }
        actions += basis.transactions(at: now)
        actions += (snapshot?.files ?? []).map { .remove($0.removed(at: now)) }
        actions += result.files.adds.map { .add($0) }
        let version = (snapshot?.version ?? -1) + 1
        do {
            return try log.commit(actions, as: version) == .committed ? version : nil
        } catch {
            if !error.mayBeCommitted { result.files.discard() }
            throw HandlerError.notNow(hinderedBy: error.detail, error.description)
                ?? .failure("CommitFailed", error.description)
        }
    }

    private func information(
        _ result: Written,
        _ query: DerivingQuery,
        _ basis: Basis,
        _ now: Int64
    ) -> CommitInfo {
        let sources = from.map { "\($0)@\(basis.versions[$0] ?? 0)" }
        return CommitInfo(
            timestamp: now,
            operation: "WRITE",
            operationParameters: [
                "mode": "Overwrite", "from": sources.joined(separator: ","),
                "query": FilePath.name(of: path), "queryDigest": query.digest,
            ],
            totals: [
                "files": Int64(result.files.adds.count), "rows": result.files.recordCount,
            ]
        )
    }

    /// The metadata action of a commit; nil when the snapshot's still holds.
    private func metadata(
        _ schema: DeltaSchema,
        over snapshot: Snapshot?,
        _ now: Int64
    ) -> Metadata? {
        guard let snapshot else {
            return Metadata(
                id: UUID().uuidString.lowercased(),
                name: table.name,
                schema: schema,
                partitionColumns: table.partitionBy,
                createdTime: now
            )
        }
        let holds =
            snapshot.schema == schema && snapshot.metadata.partitionColumns == table.partitionBy
        return holds
            ? nil
            : snapshot.metadata.replacing(
                schema: schema,
                partitionColumns: table.partitionBy,
                configuration: snapshot.metadata.configuration
            )
    }

    // MARK: - The answer

    private func answer(
        _ status: String,
        _ version: Int64? = nil,
        _ result: Written? = nil,
        missing: [String] = []
    ) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "table", value: .string(table.name)),
            .init(name: "status", value: .string(status)),
        ]
        if let version { members.append(.init(name: "version", value: .integer(version))) }
        if let files = result?.files {
            members.append(.init(name: "rows", value: .integer(files.recordCount)))
            members.append(.init(name: "files", value: .integer(Int64(files.adds.count))))
        }
        if !missing.isEmpty {
            members.append(.init(name: "missing", value: .array(missing.map { .string($0) })))
        }
        return .object(members)
    }
}
