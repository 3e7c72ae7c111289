public import Events

extension FunctionConfig {
    /// Whether deleting an object takes its rows out of its table.
    public func retractsDeleted(_ object: ObjectKey) -> Bool {
        table(named: table(of: object)).retractsDeleted
    }

    /// The triggers by which the versions of an object are split.
    public func splittingTriggers(for object: ObjectKey) -> [Trigger] {
        triggers(for: object, eventName: "ObjectCreated:Put").filter { splits($0) }
    }

    /// Tables whose deleted files nobody hears of.
    func checkRetractions(_ add: (String, String, String) -> Void) {
        for table in tables where table.retractsDeleted && !hearsOfRemovals(table.name) {
            let splitting = triggers.first { splits($0) && isFor(table.name, $0) }
            let place = splitting.map { "`events` of the trigger `\($0.id)`" }
            add(
                "tables.\(table.name).onDelete",
                "it is `retract`, and no trigger of `split` hears of deleted files of the table",
                "add \"\(Self.removals)\" to \(place ?? "a trigger of `split`")"
            )
        }
    }

    private func hearsOfRemovals(_ table: String) -> Bool {
        triggers.contains { trigger in
            guard case .bucket(let source) = trigger.source else { return false }
            return splits(trigger) && isFor(table, trigger)
                && source.includes(eventName: "ObjectRemoved:Delete")
        }
    }

    private func isFor(_ table: String, _ trigger: Trigger) -> Bool {
        guard case .bucket(let source) = trigger.source else { return false }
        return source.tables?.contains(table) ?? true
    }

    private func splits(_ trigger: Trigger) -> Bool {
        function(named: trigger.function)?.handler == "split"
    }
}
