public import Catalog

/// One table's entry of the catalog.
public struct CatalogFacts: Sendable, Equatable {
    /// The entry; nil where there is none or it cannot be read.
    public var entry: TableEntry?
    /// Why the entry cannot be read; nil where it can, or where there is none.
    public var problem: String?

    /// What was read.
    public init(entry: TableEntry? = nil, problem: String? = nil) {
        self.entry = entry
        self.problem = problem
    }
}

/// A file of bucket `results` beside the rows of the lake that it shows.
public struct ResultFacts: Sendable, Codable, Equatable {
    /// The indicator.
    public var indicator: String
    /// The file's path below the buckets folder.
    public var file: String
    /// Rows of the lake.
    public var expectedRows: Int64
    /// Rows of the file; nil where there is none or it cannot be read.
    public var rows: Int64?
    /// Whether there is a file.
    public var exists: Bool
    /// Whether its values are those of the lake; nil where they were not compared.
    public var isEqual: Bool?

    /// Puts a result together.
    public init(indicator: String, file: String, expectedRows: Int64, exists: Bool) {
        self.indicator = indicator
        self.file = file
        self.expectedRows = expectedRows
        self.exists = exists
    }
}
