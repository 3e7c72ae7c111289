import DeltaTable
import DuckDB
import LakeQuery

/// The saved query that comes with Sluice: which places are most like one, by the results of
/// similarity.
///
/// A file `queries/places-like.sql` takes its place.
enum PlacesLike {
    static let name = "places-like"

    static let sql = """
        -- Places most like one, nearest first, from the results of similarity.
        -- param: place
        -- param: indicator
        -- param: most bigint = 10
        -- chart: weighted_distance
        SELECT comp_locale, weighted_distance, distance, correlation, n_intervals, n_dimensions
        FROM lake.weighted_distances
        WHERE indicator_id = $indicator AND locale = $place AND comp_locale <> $place
        ORDER BY weighted_distance, comp_locale
        LIMIT $most

        """

    /// The table of the results.
    static let table = "weighted_distances"

    /// Sets the indicator if there is only one, and refuses one that has no result.
    ///
    /// - Throws: `QueryError` that names the indicators there are.
    static func complete(_ request: inout QueryRequest, from lake: LakeTables) throws {
        guard let results = lake.tables.first(where: { $0.name == table }) else {
            guard lake.missing.isEmpty else { return }
            throw QueryError.failed(
                "there are no results of similarity yet: give the table of the indicators the "
                    + "setting `\"similarity\": {}` and drop a file, or see `sluice status`"
            )
        }
        let values = results.snapshot.files.compactMap { $0.partitionValues["indicator_id"] ?? nil }
        let indicators = Set(values).sorted()
        guard let given = request.parameters.given["indicator"] else {
            if indicators.count == 1 { request.parameters.given["indicator"] = indicators[0] }
            guard indicators.count > 1 else { return }
            throw QueryError.misused(
                "say of which indicator, with --set indicator=NAME or behind the place; there are "
                    + listed(indicators)
            )
        }
        guard !indicators.contains(given) else { return }
        throw QueryError.misused(
            "there is no result of the indicator `\(given)`; there are \(listed(indicators))"
        )
    }

    /// Refuses a place of which the indicator says nothing.
    ///
    /// - Throws: `QueryError` that names places whose names are near.
    static func requirePlace(
        of request: QueryRequest,
        on connection: borrowing Connection
    ) throws {
        guard let place = request.parameters.given["place"],
            let indicator = request.parameters.given["indicator"]
        else { return }
        let rows = "FROM lake.\(table) WHERE indicator_id = \(SQL.literal(indicator))"
        let text = SQL.literal(place)
        do {
            let found = try connection.scalar("SELECT 1 \(rows) AND locale = \(text) LIMIT 1")
            guard found == nil else { return }
            let near = try connection.rows(
                """
                SELECT locale FROM (SELECT DISTINCT locale \(rows) AND locale = comp_locale)
                ORDER BY NOT contains(lower(locale), lower(\(text))),
                    damerau_levenshtein(lower(locale), lower(\(text))), locale
                LIMIT 3
                """
            )
            let names = near.compactMap { $0.first?.string }
            throw QueryError.misused(
                "\(indicator) has no place `\(place)`; near are \(names.joined(separator: ", "))"
            )
        } catch let error as DuckDBError { throw QueryError.sql(error) }
    }

    private static func listed(_ names: [String]) -> String {
        let shown = names.prefix(10).joined(separator: ", ")
        return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
    }
}
