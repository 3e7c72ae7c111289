public import FunctionConfig

/// Everything that was read, each part by itself, for ``Verdict``.
public struct Inventory: Sendable {
    /// The settings under which the tables are judged.
    public var config: FunctionConfig
    /// Plain files.
    public var folders: FolderFacts
    /// Lake tables by name.
    public var lake: [String: LakeFacts]
    /// The warehouse.
    public var warehouse: WarehouseFacts
    /// What `similarity` wrote for people.
    public var results: [ResultFacts]
    /// The ledger.
    public var ledger: LedgerFacts
    /// Whether contents were left out: digests of files, values of rows.
    public var isQuick: Bool
    /// How the commands of remedies name the buckets folder, and the options that they need.
    public var place: CommandPlace

    /// Puts the parts together.
    public init(
        config: FunctionConfig,
        folders: FolderFacts,
        lake: [String: LakeFacts],
        warehouse: WarehouseFacts,
        results: [ResultFacts],
        ledger: LedgerFacts,
        isQuick: Bool = false,
        place: CommandPlace = CommandPlace()
    ) {
        self.config = config
        self.folders = folders
        self.lake = lake
        self.warehouse = warehouse
        self.results = results
        self.ledger = ledger
        self.isQuick = isQuick
        self.place = place
    }
}

/// How a person calls the buckets folder on the command line.
public struct CommandPlace: Sendable, Equatable {
    /// The buckets folder.
    public var buckets: String
    /// Options for every `sluice` command, with a leading space; empty for none.
    public var options: String

    /// The defaults: `buckets` here, and no options.
    public init(buckets: String = "buckets", options: String = "") {
        self.buckets = buckets
        self.options = options
    }
}
