extension DispatchMachine {
    /// A run that a person asks for.
    struct ByHand: Sendable, Equatable {
        /// What tells it from others.
        var id: UInt64
        var function: String
        /// The tables of its event.
        var tables: Set<String>
    }

    /// Takes up a run by hand.
    mutating func add(_ run: ByHand) { byHand.append(run) }

    /// Takes out a run by hand that has not begun.
    ///
    /// - Returns: Whether it was waiting.
    mutating func removeByHand(_ id: UInt64) -> Bool {
        let count = byHand.count
        byHand.removeAll { $0.id == id }
        return byHand.count < count
    }

    /// The next run by hand to begin now; nil when there is none.
    ///
    /// A person waits for it: it goes before all that is queued, pauses do not hold it up, and it
    /// runs one at a time where the function is paused by its concurrency. It keeps to every other
    /// limit, and to one run at a time for a table.
    mutating func nextByHand() -> ByHand? {
        guard runningCount < rules.maxProcesses, let index = byHand.firstIndex(where: isAdmitted),
            let function = rules.functions[byHand[index].function],
            hasRoom(for: function)
        else { return nil }
        let run = byHand.remove(at: index)
        running[run.function, default: 0] += 1
        memory += function.memory
        if function.isExclusivePerTable { busyTables.formUnion(scopes(of: run)) }
        return run
    }

    /// Notes the end of a run by hand.
    mutating func ended(_ run: ByHand) {
        running[run.function, default: 0] -= 1
        memory -= rules.functions[run.function]?.memory ?? 0
        busyTables.subtract(scopes(of: run))
    }

    /// Whether only memory or the number of processes keeps a run by hand from beginning: what
    /// starts before it would keep it waiting forever.
    var isHeldUpByHand: Bool { byHand.contains(where: isAdmitted) }

    private func isAdmitted(_ run: ByHand) -> Bool {
        guard let function = rules.functions[run.function] else { return false }
        return running[run.function, default: 0] < max(1, function.concurrency)
            && busyTables.isDisjoint(with: scopes(of: run))
    }

    /// Whether a run fits into the common memory.
    func hasRoom(for function: DispatchRules.Function) -> Bool {
        runningCount == 0 || memory + function.memory <= rules.maxMemory
    }

    private func scopes(of run: ByHand) -> Set<Pause.Scope> {
        Set(run.tables.map { Pause.Scope(function: run.function, table: $0) })
    }
}
