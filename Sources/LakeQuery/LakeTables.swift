public import Buckets
public import DeltaTable
public import DuckDB
import LakeFiles

/// The lake tables that one statement may mean, and views of them in an in-memory database.
///
/// Views read the data files of a Delta snapshot themselves, by `LakeRelation` and not by
/// `delta_scan`: loading that extension takes 0.3 s, ten times the rest of a small query, and it
/// cannot open a table below a folder whose name holds a percent sign.
public struct LakeTables: Sendable {
    /// The names of all tables of the lake, in order.
    public let present: [String]
    /// The tables that the statement may mean, in order.
    public let tables: [LakeTable]
    /// Why a table that the statement may mean has no such past state, in order.
    public let missing: [LakeQueryError]

    /// Below how many files a plan that leaves some out costs more than it saves.
    public static let fewFiles = 16

    /// Reads the logs of the tables that a statement may mean.
    ///
    /// - Parameters:
    ///   - words: The statement's words.
    ///   - folder: The buckets.
    ///   - asOf: The past state to read; `nil` for the newest.
    ///   - codec: Reads checkpoints.
    /// - Throws: `BucketsError`, or `DeltaError` when a log cannot be read.
    public init(
        meantBy words: NamedWords,
        in folder: BucketsFolder,
        asOf: AsOf?,
        using codec: borrowing some CheckpointCodec & ~Copyable
    ) throws {
        present = try FilePath.names(in: folder.path(ofBucket: "lake"))
            .filter { !$0.hasPrefix(".") }
        var tables: [LakeTable] = []
        var missing: [LakeQueryError] = []
        for name in words.tables(of: present) {
            let place = folder.lakeTable(name)
            do {
                let table = try LakeTable.read(name, in: place, asOf: asOf, using: codec)
                if let table { tables.append(table) }
            } catch let error as LakeQueryError {
                missing.append(error)
            }
        }
        self.tables = tables
        self.missing = missing
    }

    /// These tables and no others.
    public init(_ tables: [LakeTable]) {
        present = tables.map(\.name)
        self.tables = tables
        missing = []
    }

    /// The number of data files of all tables.
    public var fileCount: Int { tables.reduce(0) { $0 + $1.snapshot.files.count } }

    /// The files of each table that a statement needs.
    public func files(
        for plan: StatementPlan,
        on connection: borrowing Connection
    ) -> [String: [AddFile]] {
        Dictionary(
            uniqueKeysWithValues: tables.map { table in
                (table.name, FilePruning.files(of: table, for: plan.scans, on: connection))
            }
        )
    }

    /// Makes the views, in the schema `lake` of a connection that has it.
    ///
    /// - Parameters:
    ///   - files: The files of each table that its view reads; all where none are named.
    ///   - connection: Where the views are made.
    /// - Throws: `DuckDBError`.
    public func makeViews(
        reading files: [String: [AddFile]] = [:],
        on connection: borrowing Connection
    ) throws(DuckDBError) {
        for table in tables {
            let query = LakeRelation.query(
                of: table.snapshot,
                table: table.folder,
                files: files[table.name]
            )
            try connection.execute("CREATE VIEW lake.\(SQL.identifier(table.name)) AS \(query)")
        }
    }
}
