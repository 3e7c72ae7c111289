/// Why DuckDB refused a step; keeps DuckDB's own words.
public struct DuckDBError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The step that failed, as a verb phrase such as `open warehouse.duckdb`.
    public let step: String
    /// What DuckDB said, verbatim.
    public let message: String

    /// An error of `step` with DuckDB's `message`.
    public init(step: String, message: String) {
        self.step = step
        self.message = message
    }

    init(step: String, cMessage: UnsafePointer<CChar>?) {
        self.init(
            step: step,
            message: cMessage.map { String(cString: $0) } ?? "no reason was given"
        )
    }

    /// One line for a terminal or a log.
    public var description: String { "DuckDB: cannot \(step): \(message)" }
}
