import DuckDB
import FunctionConfig
import HandlerRuntime
import TableRows

extension VersionLoading {
    /// Makes the whole table anew from the text of its versions, once for each replay.
    ///
    /// - Returns: False when that cannot be; the versions that asked for it are refused then.
    mutating func makeAnew(for replay: Int64, in warehouse: borrowing LoadTarget) throws -> Bool {
        for _ in 0..<20 {
            let state = try look(at: warehouse)
            guard !state.columns.isEmpty, state.replay ?? -1 < replay else { return true }
            do {
                if try makeAnew(for: replay, over: state, in: warehouse) { return true }
            } catch let refusal as VersionRefusal {
                for manifest in staged.replayed { refuse(manifest, refusal) }
                return false
            }
        }
        throw HandlerError.notNow(
            "WarehouseChanging",
            "other programs changed the table \(settings.name) of the warehouse 20 times in between"
        )
    }

    /// Makes the table anew in one transaction.
    ///
    /// - Returns: False when the table is not what it was.
    private func makeAnew(
        for replay: Int64,
        over state: WarehouseTable,
        in warehouse: borrowing LoadTarget
    ) throws -> Bool {
        let (name, mode, tables) = (settings.name, settings.mode, warehouse.tables)
        let text = EarlierText(settings: settings, context: context, for: .replay)
        let manifests = try text.manifests(of: state.history.contributing)
        let prepared = try reader.prepare(manifests, on: warehouse.connection)
        if let refusal = prepared.refusals.first { throw refusal }
        let hasForeign = try warehouse.reading { try tables.hasForeignRows(name, on: $0) }
        let shape = try TableColumns(
            prepared.columns,
            beside: state,
            settings,
            keepsOthers: hasForeign == true,
            on: warehouse.connection
        )
        let keys = UpsertKeys(settings.keys, columns: prepared.columns)
        let change = WarehouseChange(
            reader,
            sources: prepared.versions.map(\.name.source),
            replaced: [],
            shape: shape,
            old: state,
            parts: try combined(prepared, keys, on: warehouse.connection).map { [$0] } ?? [],
            keys: keys
        )
        try warehouse.tables.prepare(change, on: warehouse.connection)
        return try warehouse.writing(to: name) { connection in
            guard try tables.state(of: name, mode: mode, on: connection) == state else {
                return false
            }
            try tables.makeAnew(change, on: connection)
            try tables.record(replay, of: prepared.versions, table: name, on: connection)
            return true
        }
    }

    /// SQL of the rows of all versions, as the mode combines them; nil for none.
    private func combined(
        _ prepared: PreparedRows,
        _ keys: UpsertKeys,
        on connection: borrowing Connection
    ) throws -> String? {
        let relations = reader.relations(of: prepared.versions.filter { $0.rows > 0 })
        guard !relations.isEmpty else { return nil }
        let rows = relations.map { "SELECT * FROM \($0)" }.joined(separator: " UNION ALL ")
        return switch settings.mode {
        case .append, .replace: rows
        case .upsert: keys.newest(of: rows)
        case .replacePartitions:
            try WarehouseChange.newest(of: rows, reader.partitionColumns, on: connection)
        }
    }
}
