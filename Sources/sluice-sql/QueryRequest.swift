import LakeQuery

/// What somebody asks of lake and warehouse.
struct QueryRequest {
    /// One statement.
    var sql: String
    /// What the statement's parameters stand for.
    var parameters = QueryParameters()
    /// The past state of lake tables to read; `nil` for the newest.
    var asOf: AsOf?
    /// Whether it is the saved query `places-like` that comes with Sluice.
    var isPlacesLike = false
    /// The columns of numbers that a chart draws; all of them if this is empty.
    var chartColumns: [String] = []
    /// Whether only what would be read is asked for.
    var isExplained = false
}
