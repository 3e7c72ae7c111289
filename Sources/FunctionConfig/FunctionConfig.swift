/// Everything `functions.json` says, checked: what runs, when, and what tables mean.
public struct FunctionConfig: Sendable, Equatable {
    /// The absolute path of `functions.json`; relative paths in it count from its folder.
    public var path: String
    /// Whether there is such a file; false for the standard flow, which needs none.
    public internal(set) var hasFile = true
    /// The functions, by name.
    public var functions: [FunctionSettings]
    /// The triggers, in the order of the file.
    public var triggers: [Trigger]
    /// The tables that have settings, by name.
    public var tables: [TableSettings]
    /// Where `load` puts rows.
    ///
    /// Defaults to `warehouse.duckdb` in the buckets folder.
    public var warehouse: Warehouse
    /// Whether rows go into a warehouse at all; if not, `warehouse` stands for nothing.
    ///
    /// Defaults to true.
    public var hasWarehouse = true
    /// The absolute path of the folder of SQL files that make the warehouse's schema.
    ///
    /// Defaults to none.
    public var migrations: String?
    /// How many handlers run at once, at least 1.
    ///
    /// Defaults to the number of cores.
    public var maxProcesses: Int
    /// The memory all running handlers may have together, in MiB.
    ///
    /// Defaults to half the machine's.
    public var maxMemory: Int
    /// How many days the ledger and the logs keep what is over and done with; nil for ever.
    ///
    /// Defaults to 30.
    public var retention: Double? = 30
    /// The variables of Sluice's own environment that the file names as `${NAME}`, with what they
    /// stood for: whoever reads the file again needs them.
    public internal(set) var variables: [String: String] = [:]

    /// The folder of `functions.json`: every handler's working directory.
    public var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The function of a name.
    public func function(named name: String) -> FunctionSettings? {
        functions.first { $0.name == name }
    }

    /// The settings of a table; the defaults for one that has none.
    public func table(named name: String) -> TableSettings {
        tables.first { $0.name == name } ?? TableSettings(name: name)
    }

    /// The one table whose rows `similarity` compares.
    public var similarityTable: TableSettings? { tables.first { $0.similarity != nil } }
}

/// The kinds of warehouse.
public enum Warehouse: Sendable, Equatable, CustomStringConvertible {
    /// A DuckDB file, by its absolute path.
    case duckDB(path: String)
    /// A schema of a PostgreSQL database.
    case postgres(PostgresServer)

    /// The file, or the server without its password.
    public var description: String {
        switch self {
        case .duckDB(let path): path
        case .postgres(let server): server.description
        }
    }
}

/// One function: an executable and the limits under which it runs.
public struct FunctionSettings: Sendable, Equatable {
    /// The function's name, `[A-Za-z0-9_-]{1,64}`.
    public var name: String
    /// The name of an executable of Sluice's, or an absolute path.
    public var handler: String
    /// The longest run in seconds.
    ///
    /// Defaults to 900.
    public var timeout: Int = 900
    /// The most anonymous resident memory in MiB.
    ///
    /// Defaults to 1024.
    public var memory: Int = 1024
    /// How many runs at once; 0 pauses the function.
    ///
    /// Defaults to the number of cores.
    public var concurrency: Int
    /// How often an object is tried again after a function error, 0...2.
    ///
    /// Defaults to 2.
    public var retries: Int = 2
    /// The seconds before each further try.
    ///
    /// Defaults to 60 and 120.
    public var retryDelays: [Int] = [60, 120]
    /// How many seconds after the first attempt an object is given up.
    ///
    /// Defaults to 21,600.
    public var maxEventAge: Int = 21_600
    /// Variables set for the handler.
    public var environment: [String: String] = [:]
    /// What `sync` or `publish` copies; nil for other handlers.
    public var copy: FolderCopy?
    /// The variables as the settings write them: where a secret is named as `${NAME}` it is not here.
    public internal(set) var writtenEnvironment: [String: String] = [:]
    /// What the function writes, as globs over `bucket/key`; nil when its settings do not say.
    public var writes: [Glob]?
    /// Where the record of an event goes that the function was done with.
    ///
    /// Defaults to nowhere.
    public var onSuccess: Destination?
    /// Where the record of an event goes that became a dead letter.
    ///
    /// Defaults to nowhere.
    public var onFailure: Destination?

    /// A function with the defaults.
    public init(name: String, handler: String, concurrency: Int) {
        self.name = name
        self.handler = handler
        self.concurrency = concurrency
    }
}
