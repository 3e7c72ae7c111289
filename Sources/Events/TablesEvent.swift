/// What a person asks of tables by hand: `{"tables": ["events"]}`, and `{}` for all of them.
public struct TablesEvent: Sendable, Codable, Equatable {
    /// The tables; nil for all.
    public var tables: [String]?

    /// Names tables; nil for all.
    public init(tables: [String]?) { self.tables = tables }
}
