/// What the warehouse holds, as one transaction shows it.
public struct WarehouseFacts: Sendable, Codable, Equatable {
    /// Whether there is a warehouse yet.
    public var exists = false
    /// Why it cannot be read; nil where it can.
    public var problem: String?
    /// Its tables but `sluice_loads`, and those that only the history names.
    public var tables: [WarehouseTableFacts] = []

    /// No warehouse.
    public init() {}
}

/// One table of the warehouse.
public struct WarehouseTableFacts: Sendable, Codable, Equatable {
    /// The table.
    public var table: String
    /// Whether the table itself is there, not only its history.
    public var exists = false
    /// Whether it has the columns `_source` and `_seq`.
    public var hasSource = false
    /// Rows, whatever they are of.
    public var totalRows: Int64 = 0
    /// Versions and rows, of a table that has a source.
    public var content = TableContent()
    /// The lake version that it is a copy of; nil for a table that comes from dropped files.
    public var copyOf: LakeCopy?

    /// A table that is not there.
    public init(table: String) { self.table = table }

    /// What `sluice_loads` says of a table that is a copy of a lake table.
    public struct LakeCopy: Sendable, Codable, Equatable {
        /// The lake table's version.
        public var version: Int64
        /// The lake table's id.
        public var id: String
        /// The rows that it should have.
        public var rows: Int64

        /// Puts a copy together.
        public init(version: Int64, id: String, rows: Int64) {
            self.version = version
            self.id = id
            self.rows = rows
        }
    }
}
