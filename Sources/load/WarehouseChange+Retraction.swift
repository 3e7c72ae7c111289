import DuckDB
import FunctionConfig
import HandlerRuntime
import TableRows

extension WarehouseChange {
    /// Decides what takes the rows of removed files out, and reads what comes back.
    ///
    /// - Throws: `VersionRefusal` when that cannot be had.
    init(
        of removals: [VersionHistory.Version],
        over old: WarehouseTable,
        reader: TableReader,
        context: HandlerContext,
        on connection: borrowing Connection
    ) throws {
        let after = old.history.removing(removals)
        let back = try RowsBack(
            removals,
            after: after,
            over: old,
            reader: reader,
            context: context,
            on: connection
        )
        self.init(
            back.reader,
            sources: removals.map(\.source),
            replaced: Array(old.history.ended(by: removals)),
            removals: removals,
            returned: back.returned,
            shape: back.shape,
            old: old,
            parts: back.rows.map { [$0] } ?? [],
            keys: back.keys
        )
    }
}

/// The rows that come back into a table when others leave it.
private struct RowsBack {
    private(set) var reader: TableReader
    private(set) var shape: TableColumns
    private(set) var keys = UpsertKeys([], columns: [])
    /// SQL; nil for none.
    private(set) var rows: String?
    /// The versions that become part of the table.
    private(set) var returned: [PreparedVersion] = []
    private let removals: [VersionHistory.Version]
    private let after: VersionHistory
    private let old: WarehouseTable

    init(
        _ removals: [VersionHistory.Version],
        after: VersionHistory,
        over old: WarehouseTable,
        reader: TableReader,
        context: HandlerContext,
        on connection: borrowing Connection
    ) throws {
        self.removals = removals
        self.after = after
        self.old = old
        self.reader = reader
        shape = TableColumns(of: old)
        let ended = old.history.ended(by: removals)
        guard !ended.isEmpty, !old.columns.isEmpty else { return }
        switch reader.settings.mode {
        case .append: break
        case .replace:
            if old.history.contributing.contains(where: ended.contains) {
                try fallBack(context, on: connection)
            }
        case .upsert, .replacePartitions:
            // Rows of versions that are newer than all that leave have never given way to them.
            let newest = ended.map(\.sequencer).max() ?? 0
            let earlier = after.versions.filter { $0.sequencer < newest }
            if !earlier.isEmpty { try bringBack(earlier, context, on: connection) }
        }
    }

    /// Mode `replace`: the version before becomes the table.
    private mutating func fallBack(
        _ context: HandlerContext,
        on connection: borrowing Connection
    ) throws {
        let former = try FormerVersions(reader: reader, context: context, removed: removals)
            .newest(known: Set(old.figures.keys), history: after, on: connection)
        guard let former else { return }
        shape = try TableColumns(former.columns, beside: old, reader.settings, on: connection)
        returned = former.versions
        rows = union(former.versions)
    }

    /// All that earlier versions have: `WarehouseTables` leaves out what newer rows are there of.
    private mutating func bringBack(
        _ earlier: Set<VersionHistory.Version>,
        _ context: HandlerContext,
        on connection: borrowing Connection
    ) throws {
        let settings = reader.settings
        let whole = reader
        let narrowed = try reader.narrowed([], on: connection) { try old.has($0, on: connection) }
        if let narrowed { reader = narrowed.reader }
        let columns = try reader.prepare([], on: connection).columns
        shape = try TableColumns(columns, beside: old, settings, on: connection)
        let isWhole = !shape.changed.isEmpty
        if isWhole { reader = whole }
        let text = EarlierText(
            settings: settings,
            context: context,
            for: .rowsBack(removals.map(\.source))
        )
        let needed = isWhole ? after.contributing : Array(earlier)
        let manifests = try text.manifests(of: needed.sorted { $0.sequencer < $1.sequencer })
        let prepared = try reader.prepare(manifests, on: connection)
        if let lost = prepared.refusals.first { throw lost }
        if isWhole {
            shape = try TableColumns(prepared.columns, beside: old, settings, on: connection)
        }
        keys = UpsertKeys(settings.keys, columns: prepared.columns)
        rows = union(prepared.versions)
        guard let all = rows else { return }
        rows =
            settings.mode == .upsert
            ? keys.newest(of: all)
            : try WarehouseChange.newest(of: all, reader.partitionColumns, on: connection)
    }

    private func union(_ versions: [PreparedVersion]) -> String? {
        let relations = reader.relations(of: versions.filter { $0.rows > 0 })
        guard !relations.isEmpty else { return nil }
        return relations.map { "SELECT * FROM \($0)" }.joined(separator: " UNION ALL ")
    }
}
