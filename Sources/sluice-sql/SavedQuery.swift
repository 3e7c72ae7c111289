import Buckets
import Events
import Glibc

/// A query that lies as `queries/NAME.sql` beside `functions.json`.
///
/// Its first comment line says what it is for; comment lines such as `-- param: zip = 10001` or
/// `-- param: days bigint` declare its parameters, `-- chart: visitors` the columns of a chart.
struct SavedQuery: Equatable {
    let name: String
    let sql: String
    /// The first comment line; empty if there is none.
    let summary: String
    let declarations: [QueryParameters.Declaration]
    /// The columns of numbers that a chart draws; all of them if this is empty.
    let chartColumns: [String]

    /// Reads the header of a query.
    ///
    /// - Throws: `QueryError` for a declaration that cannot be understood.
    init(name: String, sql: String) throws {
        self.name = name
        self.sql = sql
        var summary: String?
        var declarations: [QueryParameters.Declaration] = []
        var chartColumns: [String] = []
        for line in sql.split(separator: "\n", omittingEmptySubsequences: false) {
            let line = line.trimmed
            if line.isEmpty { continue }
            guard line.hasPrefix("--") else { break }
            let comment = line.drop { $0 == "-" }.trimmed
            if comment.hasPrefix("param:") {
                declarations.append(try Self.declaration(comment.dropFirst(6).trimmed, in: name))
            } else if comment.hasPrefix("chart:") {
                chartColumns += comment.dropFirst(6).split(separator: ",").map {
                    String($0.trimmed)
                }
            } else if summary == nil, !comment.isEmpty {
                summary = String(comment)
            }
        }
        self.summary = summary ?? ""
        self.declarations = declarations
        self.chartColumns = chartColumns
    }

    /// Values by the names of the parameters, in the order in which these are declared.
    ///
    /// - Throws: `QueryError` for more values than parameters.
    func named(_ values: [String]) throws -> [String: String] {
        guard values.count <= declarations.count else {
            let names = declarations.map(\.name)
            let known = names.isEmpty ? "none" : names.joined(separator: ", ")
            throw QueryError.misused(
                "`\(values[declarations.count])` is a value too many: @\(name) takes \(known)"
            )
        }
        return Dictionary(zip(declarations.map(\.name), values)) { $1 }
    }

    private static func declaration(
        _ text: Substring,
        in query: String
    ) throws -> QueryParameters.Declaration {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let words = (sides.first ?? "").split(separator: " ", maxSplits: 1)
        let type = words.count > 1 ? ColumnType(String(words[1].filter { $0 != " " })) : nil
        guard let name = words.first, name.isParameterName, words.count == 1 || type != nil,
            type?.isScalar ?? true
        else {
            throw QueryError.misused(
                "queries/\(query).sql: `-- param: \(text)` is no parameter; write `-- param: zip`, "
                    + "`-- param: zip = 10001` or `-- param: days bigint = 7`"
            )
        }
        return QueryParameters.Declaration(
            name: name.lowercased(),
            type: type,
            standard: sides.count == 2 ? String(sides[1].trimmed) : nil
        )
    }
}

/// The saved queries of one folder, and those that come with Sluice.
struct SavedQueries {
    let folder: String
    /// Whether there are results of similarity, to which `places-like` belongs.
    private let hasResults: Bool

    /// The queries beside the settings in `folder`.
    init(beside folder: String, hasResults: Bool) {
        self.folder = folder + "/queries"
        self.hasResults = hasResults
    }

    /// The names of all queries, in order.
    func names() throws -> [String] {
        Set(try files() + (hasResults ? [PlacesLike.name] : [])).sorted()
    }

    private func files() throws -> [String] {
        do {
            return try FilePath.names(in: folder)
                .filter { $0.hasSuffix(".sql") && !$0.hasPrefix(".") }.map {
                    String($0.dropLast(4))
                }
        } catch { throw QueryError.failed(error.description) }
    }

    /// The query of this name.
    ///
    /// - Throws: `QueryError` that names those there are.
    func query(named name: String) throws -> SavedQuery {
        let files = try files()
        guard files.contains(name) else {
            if name == PlacesLike.name { return try SavedQuery(name: name, sql: PlacesLike.sql) }
            let names = try names()
            let present =
                names.isEmpty ? "there are none" : "there are: " + names.joined(separator: ", ")
            throw QueryError.misused("there is no saved query `\(name)` in \(folder); \(present)")
        }
        do {
            let bytes = try FilePath.read("\(folder)/\(name).sql")
            return try SavedQuery(name: name, sql: String(decoding: bytes, as: UTF8.self))
        } catch let error as BucketsError { throw QueryError.failed(error.description) }
    }

    /// A line for each query: its name, what it is for and its parameters.
    func list() throws -> String {
        let queries = try names().map { try query(named: $0) }
        guard !queries.isEmpty else {
            return "there are no saved queries: put NAME.sql into \(folder)\n"
        }
        let width = queries.map(\.name.count).max() ?? 0
        return queries.map { query in
            let parameters = query.declarations.map(\.description).joined(separator: ", ")
            let parts = [query.summary, parameters.isEmpty ? "" : "(\(parameters))"]
            let padded = query.name.padded(to: width)
            return ([padded] + parts.filter { !$0.isEmpty }).joined(separator: "  ").rightTrimmed
                + "\n"
        }.joined()
    }
}
