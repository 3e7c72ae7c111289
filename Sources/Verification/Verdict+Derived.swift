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
            for source in derivation.from { judge(table.name, madeOf: source, by: functions) }
        }
    }

    private mutating func judge(_ table: String, madeOf source: String, by functions: [String]) {
        guard let version = inventory.lake[source]?.version,
            !inventory.ledger.movingTables.contains(source),
            isSettled(version, of: source, by: functions)
        else { return }
        let made = inventory.lake[table]?.derivedFrom[source] ?? -1
        guard made < version else { return }
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
