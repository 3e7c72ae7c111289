import DeltaTable
import DuckDB
import Events
import LakeFiles

/// The values of a statement's parameters: texts, which a declared type makes numbers or times.
///
/// A value without a declared type is like a text in quotes at the parameter's place: DuckDB gives
/// it the type that fits there.
struct QueryParameters {
    /// A parameter as a saved query declares it.
    struct Declaration: Equatable {
        let name: String
        var type: ColumnType?
        var standard: String?

        /// `zip = 10001`, or `days bigint`, and so on.
        var description: String {
            name + (type.map { " \($0)" } ?? "") + (standard.map { " = \($0)" } ?? "")
        }
    }

    var declared: [Declaration] = []
    var given: [String: String] = [:]

    /// Which of the declared parameters this is; their number if it is none.
    func place(of name: String) -> Int {
        declared.firstIndex { $0.name == name } ?? declared.count
    }

    /// The values as SQL, by name: those given, and the standard ones of others.
    var expressions: [String: String] {
        var values = given
        for declaration in declared where values[declaration.name] == nil {
            values[declaration.name] = declaration.standard
        }
        let types = Dictionary(declared.map { ($0.name, $0.type) }) { $1 }
        return Dictionary(
            uniqueKeysWithValues: values.map { name, text in
                (name, Self.expression(text, type: types[name] ?? nil))
            }
        )
    }

    private static func expression(_ text: String, type: ColumnType?) -> String {
        guard let type else { return SQL.literal(text) }
        return "CAST(\(SQL.literal(text)) AS \(DeltaType(type).duckDBName))"
    }

    /// Refuses values that are missing, of no parameter, or not of their declared type.
    ///
    /// - Parameters:
    ///   - names: The statement's parameters.
    ///   - connection: Tries the values.
    /// - Throws: `QueryError`.
    func require(fitting names: [String], on connection: borrowing Connection) throws {
        let unnamed = names.filter { $0.allSatisfy(\.isNumber) }
        guard unnamed.isEmpty else {
            throw QueryError.failed("a parameter needs a name: write $zip instead of ? or $1")
        }
        let known =
            names.isEmpty
            ? "it has none" : "it has " + names.sorted().map { "$\($0)" }.joined(separator: ", ")
        let all = Set(given.keys).union(declared.map(\.name))
        for name in all.sorted() where !names.contains(name) {
            throw QueryError.misused("the statement has no parameter $\(name); \(known)")
        }
        let values = expressions
        let missing = names.filter { values[$0] == nil }.sorted()
        guard missing.isEmpty else {
            let options = missing.map { "--set \($0)=VALUE" }.joined(separator: " ")
            throw QueryError.misused(
                "the statement has a parameter without a value: add \(options)"
            )
        }
        for declaration in declared {
            guard let type = declaration.type, let value = values[declaration.name] else {
                continue
            }
            let found = try? connection.scalar("SELECT TRY_\(value) IS NULL")
            guard found == .boolean(false) else {
                let text = given[declaration.name] ?? declaration.standard ?? ""
                throw QueryError.misused(
                    "the parameter $\(declaration.name) is `\(text)`, no \(type)"
                )
            }
        }
    }
}
