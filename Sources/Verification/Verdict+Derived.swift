import FunctionConfig

// Derived tables are made of the newest commits of the tables in their `from`.
extension Verdict {
    /// Compares what each derived table says that it is made of with what `derive` was done with.
    ///
    /// A table that is refreshed by a schedule may be as old as that allows.
    mutating func judgeDerived() {
        let functions = wiring.functions("derive")
        guard !inventory.ledger.runs.contains(where: { functions.contains($0.function) }) else {
            return
        }
        for table in inventory.config.derivedTables {
            guard let derivation = table.derivation, derivation.refresh == .onCommit,
                inventory.lake[table.name]?.problem == nil,
                // Until all are there, nothing can be made of them.
                derivation.from.allSatisfy({ inventory.lake[$0]?.version != nil })
            else { continue }
            let stale = derivation.from.first { isStale(table.name, madeOf: $0, by: functions) }
            if let stale { report(table.name, madeOf: stale) }
        }
    }

    private func isStale(_ table: String, madeOf source: String, by functions: [String]) -> Bool {
        guard let version = inventory.lake[source]?.version,
            !inventory.ledger.movingTables.contains(source),
            isSettled(version, of: source, by: functions)
        else { return false }
        // What only rearranged rows makes no table anew.
        let changed = inventory.lake[source]?.changedVersion ?? version
        return inventory.lake[table]?.derivedFrom[source] ?? -1 < changed
    }

    private mutating func report(_ table: String, madeOf source: String) {
        let lake = inventory.lake[source]
        let version = lake?.changedVersion ?? lake?.version ?? 0
        let made = inventory.lake[table]?.derivedFrom[source] ?? -1
        find(
            .staleResult,
            .lake,
            table: table,
            expected: "a table made of version \(version) of lake.\(source)",
            found: made < 0 ? "none" : "one made of version \(made)",
            remedy: remedies.derive(table)
        )
    }
}
