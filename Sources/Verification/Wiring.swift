import FunctionConfig

/// Which functions do what, by the handlers that they start.
struct Wiring {
    /// The lake tables that `similarity` writes.
    static let resultTables = FunctionConfig.similarityTables

    let config: FunctionConfig

    func functions(_ handler: String) -> [String] {
        config.functions.filter { $0.handler == handler }.map(\.name)
    }

    /// The functions that bring versions into a store.
    func functions(for store: Finding.Store) -> [String] {
        functions(store == .lake ? "convert" : "load")
    }

    /// The name of a function to start by hand.
    func function(_ handler: String) -> String { functions(handler).first ?? handler }

    /// The triggers that wait for the success of a crawler, with it.
    var crawlerTriggers: [(id: String, function: String, crawler: String)] {
        config.triggers.compactMap { trigger in
            guard case .crawler(let crawler, let states) = trigger.source,
                states.contains("Succeeded")
            else { return nil }
            return (trigger.id, trigger.function, crawler)
        }
    }
}
