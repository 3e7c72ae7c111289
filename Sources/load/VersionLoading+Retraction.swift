import Buckets
import FunctionConfig
import HandlerRuntime
import TableRows

extension VersionLoading {
    /// Takes the rows of removed files out, in one transaction unless one cannot be done.
    ///
    /// What their rows had replaced comes back: the table is what its other versions make.
    mutating func retract(_ removals: [Manifest], from warehouse: borrowing LoadTarget) throws {
        guard !removals.isEmpty else { return }
        for _ in 0..<20 {
            let state = try look(at: warehouse)
            let due = removals.filter { state.history.isDue(removal: $0.name) }
            // Of a table that is not there `isEnded` keeps older versions away.
            guard !due.isEmpty, !state.figures.isEmpty else {
                for removal in removals { try answerRemoved(removal, state) }
                return
            }
            do {
                guard try retract(due, over: state, from: warehouse) else { continue }
                let state = try look(at: warehouse)
                for removal in removals { try answerRemoved(removal, state) }
                return
            } catch let refusal as VersionRefusal {
                guard removals.count > 1 else {
                    refuse(removals[0], refusal)
                    return
                }
                for removal in removals { try retract([removal], from: warehouse) }
                return
            }
        }
        throw HandlerError.notNow(
            "WarehouseChanging",
            "other programs changed the table \(settings.name) of the warehouse 20 times in between"
        )
    }

    /// Applies removals in one transaction.
    ///
    /// - Returns: False when the table is not what it was.
    private func retract(
        _ due: [Manifest],
        over state: WarehouseTable,
        from warehouse: borrowing LoadTarget
    ) throws -> Bool {
        let change = try WarehouseChange(
            of: VersionHistory.newest(of: due.map(\.name)),
            over: state,
            reader: reader,
            context: context,
            on: warehouse.connection
        )
        if !change.parts.isEmpty {
            try warehouse.tables.prepare(change, on: warehouse.connection)
        }
        let (name, mode, tables) = (settings.name, settings.mode, warehouse.tables)
        return try warehouse.writing(to: name) { connection in
            guard try tables.state(of: name, mode: mode, on: connection) == state else {
                return false
            }
            let rows = try tables.apply(change, on: connection)
            try tables.record(change, rows: rows, on: connection)
            return true
        }
    }

    private mutating func answerRemoved(_ removal: Manifest, _ state: WarehouseTable) throws {
        try Quarantine.remove(
            endedBy: removal,
            function: context.functionName,
            buckets: context.buckets
        )
        answer(removal, "removed", rows: state.removedRows[removal.name] ?? 0)
    }
}
