import FunctionConfig

/// What dispatch has to obey, taken from the configuration.
struct DispatchRules: Sendable {
    /// The limits of one function.
    struct Function: Sendable {
        /// The most runs at once; 0 pauses the function.
        var concurrency: Int
        /// What a run counts against the common memory, in MiB.
        var memory: Int
        /// Whether at most one run at a time may work on a table.
        var isExclusivePerTable: Bool
        /// Whether "not now" for one table means not now for all.
        var pausesAllTables: Bool
        /// Whether a run may hold objects of several tables: what it does is the same for any of them.
        var mixesTables = false
    }

    /// How a trigger's deliveries are gathered.
    struct Gathering: Sendable {
        var size: Int
        var bytes: Int64
        /// Microseconds.
        var window: Int64
    }

    var functions: [String: Function]
    var triggers: [String: Gathering]
    var maxProcesses: Int
    /// MiB.
    var maxMemory: Int

    init(
        functions: [String: Function],
        triggers: [String: Gathering],
        maxProcesses: Int,
        maxMemory: Int
    ) {
        self.functions = functions
        self.triggers = triggers
        self.maxProcesses = maxProcesses
        self.maxMemory = maxMemory
    }

    /// The rules of a configuration.
    ///
    /// Functions whose runs for one table never overlap are those of Sluice's handlers that write
    /// tables; each keeps its own order, so that convert and load of one table run side by side:
    /// both only read what crawl has finished, and the catalog keeps its versions.
    init(_ config: FunctionConfig) {
        let tableWriters: Set = ["crawl", "convert", "load", "similarity", "derive"]
        let hasOneWriter = if case .duckDB = config.warehouse { true } else { false }
        functions = [:]
        for function in config.functions {
            functions[function.name] = Function(
                concurrency: function.concurrency,
                memory: function.memory,
                isExclusivePerTable: tableWriters.contains(function.handler),
                pausesAllTables: function.handler == "load" && hasOneWriter,
                mixesTables: function.copy != nil
            )
        }
        triggers = [:]
        for trigger in config.triggers + config.destinationTriggers {
            triggers[trigger.id] = Gathering(
                size: trigger.batch.size,
                bytes: trigger.batch.bytes,
                window: Int64(trigger.batch.window * 1_000_000)
            )
        }
        maxProcesses = config.maxProcesses
        maxMemory = config.maxMemory
    }
}
