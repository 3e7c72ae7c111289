import Events
import FunctionConfig
import HandlerRuntime

/// One run of `derive`: every table that the event makes due, each by itself.
struct DerivingJob {
    private let context: HandlerContext

    /// A job for one invocation.
    init(_ context: HandlerContext) { self.context = context }

    /// Makes the tables that are due, those first that others are made of.
    ///
    /// A table that cannot be made holds up no other. It fails the newest commit of the event: what
    /// earlier ones changed is in that one, too.
    ///
    /// - Throws: `HandlerError` where there is no single object to fail.
    func run() throws -> HandlerResult {
        var result = HandlerResult()
        var failure: HandlerError?
        for table in try dueTables() {
            do {
                result.results.append(try Derivation(of: table, context).run())
            } catch {
                let error = HandlerError(error)
                guard error.kind != .notNow else { throw error }
                HandlerLog.warning("failed", ["table": table.name, "error": error.type])
                failure = failure ?? error
            }
        }
        guard let failure else { return result }
        guard case .objects(let event) = context.event, event.records.count > 1,
            let newest = event.records.map(\.s3.object.sequencer).max()
        else { throw failure }
        result.batchItemFailures.append(
            BatchItemFailure(
                itemIdentifier: newest.description,
                errorType: failure.type,
                errorMessage: failure.message,
                retry: true
            )
        )
        return result
    }

    private func dueTables() throws(HandlerError) -> [TableSettings] {
        let derived = context.config.derivedTablesInOrder
        guard !derived.isEmpty else {
            throw .failure(
                "NoDerivedTable",
                "no table in functions.json has a `query`; add it to the one that is to be made"
            )
        }
        switch context.event {
        case .objects(let event): return derived.filter { isDue($0, after: event.records) }
        case .schedule(let event): return try tables(derived, dueAt: event)
        case .tables(let event): return try tables(derived, named: event.tables)
        case .crawler, nil:
            throw .failure(
                "WrongEvent",
                "derive takes commits of lake tables and times; give its trigger a `bucket` or a "
                    + "`schedule`"
            )
        }
    }

    /// Tables that a person asks for; all if none is named.
    private func tables(
        _ derived: [TableSettings],
        named names: [String]?
    ) throws(HandlerError) -> [TableSettings] {
        guard let names else { return derived }
        let known = derived.map(\.name)
        if let other = names.first(where: { !known.contains($0) }) {
            throw .input(
                "NoDerivedTable",
                "\(other) has no `query` in functions.json; those with one are "
                    + known.joined(separator: ", ")
            )
        }
        return derived.filter { names.contains($0.name) }
    }

    /// Commits make those tables due that are refreshed on commit; by hand, they make all.
    private func isDue(_ table: TableSettings, after records: [S3Record]) -> Bool {
        guard let derivation = table.derivation else { return false }
        return records.contains { record in
            guard record.s3.bucket.name == "lake" else { return false }
            let isByHand = !context.config.triggers.contains {
                $0.id == record.s3.configurationId
            }
            return (derivation.refresh == .onCommit || isByHand)
                && derivation.from.contains {
                    record.decodedKey.hasPrefix("\($0)/_delta_log/")
                }
        }
    }

    /// A time makes those tables due that are refreshed by the schedule of its trigger; that of a
    /// trigger that waits for commits, which `sluice up` sends where a query is new, the others.
    private func tables(
        _ derived: [TableSettings],
        dueAt event: ScheduledEvent
    ) throws(HandlerError) -> [TableSettings] {
        let id = event.resources.first?.split(separator: "/", maxSplits: 1).last.map(String.init)
        let trigger = context.config.triggers.first { $0.id == id }
        switch trigger?.source {
        case .schedule(let schedule):
            return derived.filter { $0.derivation?.refresh == .schedule(schedule) }
        case .bucket: return derived.filter { $0.derivation?.refresh == .onCommit }
        case .crawler, .destination, nil:
            throw .failure(
                "NoSuchTrigger",
                "functions.json has no schedule trigger `\(id ?? "")`; start `sluice up` again so "
                    + "that it reads the file anew"
            )
        }
    }
}
