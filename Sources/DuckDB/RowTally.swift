import CDuckDB
import Synchronization

/// Counts the rows of a statement on their way, by a number that each of them carries.
///
/// ```swift
/// let tally = try RowTally(connection)
/// try connection.execute("CREATE TABLE t AS SELECT ... WHERE \(tally.condition(place: "n", mark: "flaw"))")
/// let flawless = tally.counts[7]?.marked == 0
/// ```
///
/// The condition holds for every row. DuckDB neither leaves it out nor moves it to where it would
/// see other rows; a plan in which it saw a row twice would show as a count that is too high.
public final class RowTally: Sendable {
    /// How many rows had one place.
    public struct Count: Equatable, Sendable {
        /// All of them.
        public var rows = 0
        /// Those whose mark was not null.
        public var marked = 0

        /// Counts that were known before.
        public init(rows: Int = 0, marked: Int = 0) {
            self.rows = rows
            self.marked = marked
        }
    }

    private let name: String
    private let seen: Seen

    private static let registered = Atomic<Int>(0)

    /// Registers a function under a name of its own, for as long as the database is open.
    ///
    /// - Parameter connection: Any connection of the database.
    /// - Throws: `DuckDBError` when DuckDB refuses it.
    public init(_ connection: borrowing Connection) throws(DuckDBError) {
        let number = Self.registered.add(1, ordering: .relaxed).newValue
        let name = "sluice_tally_\(number)"
        let seen = Seen()
        try Self.register(name, seen, on: connection)
        self.name = name
        self.seen = seen
    }

    /// SQL that holds for every row, and counts it.
    ///
    /// - Parameters:
    ///   - place: SQL of a whole number that is not null.
    ///   - mark: SQL of a whole number, or null.
    /// - Returns: An expression for a `WHERE`.
    public func condition(place: String, mark: String) -> String {
        "\(name)(CAST(\(place) AS BIGINT), CAST(\(mark) AS INTEGER))"
    }

    /// What was counted since the last ``reset()``, by place.
    public var counts: [Int: Count] { seen.counts.withLock { $0 } }

    /// Forgets what was counted.
    public func reset() { seen.counts.withLock { $0 = [:] } }

    private static func register(
        _ name: String,
        _ seen: Seen,
        on connection: borrowing Connection
    ) throws(DuckDBError) {
        var function = duckdb_create_scalar_function()
        defer { duckdb_destroy_scalar_function(&function) }
        duckdb_scalar_function_set_name(function, name)
        for parameter in [DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_INTEGER] {
            var type = duckdb_create_logical_type(parameter)
            duckdb_scalar_function_add_parameter(function, type)
            duckdb_destroy_logical_type(&type)
        }
        var answer = duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN)
        duckdb_scalar_function_set_return_type(function, answer)
        duckdb_destroy_logical_type(&answer)
        duckdb_scalar_function_set_volatile(function)
        // Without this a null mark would make the answer null without a call.
        duckdb_scalar_function_set_special_handling(function)
        duckdb_scalar_function_set_extra_info(
            function,
            Unmanaged.passRetained(seen).toOpaque()
        ) { held in
            if let held { Unmanaged<Seen>.fromOpaque(held).release() }
        }
        duckdb_scalar_function_set_function(function) { info, input, output in
            guard let input, let output else { return }
            let held = duckdb_scalar_function_get_extra_info(info)
            held.map { Unmanaged<Seen>.fromOpaque($0).takeUnretainedValue() }?
                .count(input, into: output)
        }
        guard duckdb_register_scalar_function(connection.handle, function) == DuckDBSuccess else {
            throw DuckDBError(step: "register the function \(name)", message: "it was refused")
        }
    }
}

/// What DuckDB's threads reach.
private final class Seen: Sendable {
    let counts = Mutex<[Int: RowTally.Count]>([:])

    /// Counts the rows of a chunk and answers true for each.
    func count(_ input: duckdb_data_chunk, into output: duckdb_vector) {
        let count = Int(duckdb_data_chunk_get_size(input))
        let places: UnsafeBufferPointer<Int64> = ColumnVector(chunk: input, column: 0)
            .values(count: count)
        let validity = ColumnVector(chunk: input, column: 1).validity
        duckdb_vector_get_data(output)?.initializeMemory(as: UInt8.self, repeating: 1, count: count)
        // Rows of one place follow each other.
        var start = 0
        while start < places.count {
            let place = places[start]
            let end = places[start...].firstIndex { $0 != place } ?? places.count
            var marked = validity.isAllValid ? end - start : 0
            if !validity.isAllValid { for row in start..<end where validity[row] { marked += 1 } }
            counts.withLock { [marked] counts in
                counts[Int(place), default: .init()].rows += end - start
                counts[Int(place), default: .init()].marked += marked
            }
            start = end
        }
    }
}
