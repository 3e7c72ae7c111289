import Buckets
import DuckDB
import Events
import FunctionConfig
import TableRows

/// The table `sluice_loads`: which versions are in which table of the warehouse, and since when.
///
/// Its statements are the same for every kind of warehouse.
struct LoadHistory {
    static let name = "sluice_loads"

    /// The table's name in a statement.
    let table: String

    /// What became of a version.
    enum Status: String {
        /// Its rows are in the table.
        case loaded
        /// A newer version has taken their place, or they were taken out.
        case replaced
        /// It ended its file: no rows of older versions are in the table.
        case removed
        /// The table was made anew, for the replay that is its sequencer.
        case replayed
    }

    /// Makes the table unless it is there.
    var creation: String {
        """
        CREATE TABLE IF NOT EXISTS \(table) (
            table_name VARCHAR, source VARCHAR, sequencer BIGINT, etag VARCHAR, rows BIGINT,
            rejects BIGINT, status VARCHAR, loaded_at TIMESTAMPTZ,
            UNIQUE (table_name, source, sequencer))
        """
    }

    /// The rows about a table, for `WarehouseTable`.
    func loads(of name: String) -> String {
        "SELECT source, sequencer, rows, rejects, status FROM \(table) "
            + "WHERE table_name = \(SQL.literal(name))"
    }

    /// Notes versions that were loaded and those that gave way.
    func recording(
        _ loaded: [PreparedVersion],
        replacing replaced: [VersionHistory.Version],
        table name: String
    ) -> [String] {
        let updates = replaced.map { version in
            "UPDATE \(table) SET status = '\(Status.replaced.rawValue)' "
                + "WHERE table_name = \(SQL.literal(name)) "
                + "AND source = \(SQL.literal(version.source)) "
                + "AND sequencer = \(version.sequencer)"
        }
        let rows = loaded.map { version in
            let source = version.manifest.source
            return
                "(\(SQL.literal(name)), \(SQL.literal(source.source)), \(source.sequencer.column), "
                + "\(SQL.literal(source.eTag)), \(version.rows), \(version.rejected), "
                + "'\(Status.loaded.rawValue)', now())"
        }
        guard !rows.isEmpty else { return updates }
        return updates + ["INSERT INTO \(table) VALUES \(rows.joined(separator: ", "))"]
    }

    /// Notes the removals of a change with how many rows left, the versions that they ended, and one
    /// that came back.
    func recording(_ change: WarehouseChange, rows counts: [Int]) -> [String] {
        let name = change.settings.name
        let table = SQL.literal(name)
        var statements = change.returned.map { version in
            "DELETE FROM \(self.table) WHERE table_name = \(table) "
                + "AND source = \(SQL.literal(version.name.source)) "
                + "AND sequencer = \(version.name.sequencer)"
        }
        statements += recording(change.returned, replacing: change.replaced, table: name)
        let rows = zip(change.removals, counts).map { removal, rows in
            "(\(table), \(SQL.literal(removal.source)), \(removal.sequencer), '', \(rows), 0, "
                + "'\(Status.removed.rawValue)', now())"
        }
        return statements + ["INSERT INTO \(self.table) VALUES \(rows.joined(separator: ", "))"]
    }

    /// Notes that a table was made anew of versions, for a replay.
    func recording(
        _ replay: Int64,
        of versions: [PreparedVersion],
        table name: String
    ) -> [String] {
        let about = "DELETE FROM \(table) WHERE table_name = \(SQL.literal(name)) AND source = "
        let former = versions.map {
            about + "\(SQL.literal($0.name.source)) AND sequencer = \($0.name.sequencer)"
        }
        let mark = SQL.literal(VersionHistory.replayName)
        return former + recording(versions, replacing: [], table: name) + [
            about + mark,
            "INSERT INTO \(table) VALUES (\(SQL.literal(name)), \(mark), \(replay), '', 0, 0, "
                + "'\(Status.replayed.rawValue)', now())",
        ]
    }

    /// The query for the version of a lake table that the warehouse's rows are of.
    func version(of lake: LakeTable) -> String {
        "SELECT max(sequencer) FROM \(table) WHERE \(isAbout(lake)) AND etag = \(SQL.literal(lake.id))"
    }

    /// Notes a version of a lake table; `rows` is its number of rows, or SQL of it.
    func recording(_ lake: LakeTable, version: Int64, rows: String) -> [String] {
        [
            "DELETE FROM \(table) WHERE \(isAbout(lake))",
            "INSERT INTO \(table) SELECT \(SQL.literal(lake.name)), \(SQL.literal(lake.source)), "
                + "\(version), \(SQL.literal(lake.id)), \(rows), 0, "
                + "'\(Status.loaded.rawValue)', now()",
        ]
    }

    private func isAbout(_ lake: LakeTable) -> String {
        "table_name = \(SQL.literal(lake.name)) AND source = \(SQL.literal(lake.source))"
    }
}
