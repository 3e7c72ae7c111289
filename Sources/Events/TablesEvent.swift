/// What a person asks of tables by hand: `{"tables": ["events"]}`, and `{}` for all of them.
public struct TablesEvent: Sendable, Codable, Equatable {
    /// The tables; nil for all.
    public var tables: [String]?
    /// For `vacuum`: how many hours back every state of a table stays readable; nil for what the
    /// table's settings say.
    public var retentionHours: Int?
    /// Whether it is only told what would be done; nil for no.
    public var dryRun: Bool?

    /// Names tables; nil for all.
    public init(tables: [String]?, retentionHours: Int? = nil, dryRun: Bool? = nil) {
        self.tables = tables
        self.retentionHours = retentionHours
        self.dryRun = dryRun
    }

    /// The names of all parts.
    static let names: Set = ["tables", "retentionHours", "dryRun"]
}
