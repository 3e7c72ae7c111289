import DeltaTable
import DuckDB
import HandlerRuntime
import LakeFiles

/// A lake table as the load history knows it.
///
/// It has one row there, source `lake/<table>`, whose sequencer is the newest version of the lake
/// table that the warehouse's rows agree with, and whose eTag is the lake table's id: a table that
/// was made anew is loaded anew.
struct LakeTable {
    let name: String
    let id: String

    var source: String { "lake/\(name)" }
}

/// What the newest version of a lake table changes in the warehouse.
struct LakeChange {
    let lake: LakeTable
    let version: Int64
    /// SQL of the rows that come.
    let rows: String
    /// How many rows the lake table has.
    let total: Int64?
    /// The partitions whose rows give way; nil for the whole table.
    let partitions: [[String: String?]]?
    let schema: DeltaSchema

    /// A partition's columns, each with SQL of its value for DuckDB.
    func literals(of values: [String: String?]) -> [(column: String, literal: String)] {
        values.sorted { $0.key < $1.key }.map { column, value in
            (column, PartitionValue.typed(value, as: schema[column]?.type ?? .string))
        }
    }
}

/// One lake table on its way into the warehouse.
struct LakeLoading {
    private let lake: LakeTable
    private let log: DeltaLog
    private let snapshot: Snapshot

    init(table: String, log: DeltaLog, snapshot: Snapshot) {
        lake = LakeTable(name: table, id: snapshot.metadata.id)
        self.log = log
        self.snapshot = snapshot
    }

    /// Replaces the partitions that changed since the last load; the answer is their rows.
    func run(into warehouse: borrowing LoadTarget) throws -> Int {
        let (lake, tables) = (lake, warehouse.tables)
        let known =
            try warehouse.reading { try tables.loadedVersion(of: lake, on: $0) } ?? nil
        if let known, known >= snapshot.version { return 0 }
        let changed = try changedPartitions(since: known)
        let files = changed.map { partitions in
            snapshot.files.filter { partitions.contains($0.partitionValues) }
        }
        let change = LakeChange(
            lake: lake,
            version: snapshot.version,
            // The lake's files are rows made ready; nothing is gained by another copy of them.
            rows: LakeRelation.query(of: snapshot, table: log.table, files: files),
            total: count(snapshot.files),
            partitions: changed,
            schema: snapshot.schema
        )
        let done = try warehouse.writing(to: lake.name) { connection in
            guard try tables.loadedVersion(of: lake, on: connection) == known else { return false }
            try tables.apply(change, on: connection)
            return true
        }
        guard done else {
            throw HandlerError.notNow(
                "WarehouseChanging",
                "the table \(lake.name) of the warehouse changed meanwhile"
            )
        }
        return Int(count(files ?? snapshot.files) ?? 0)
    }

    private func count(_ files: [AddFile]) -> Int64? {
        files.reduce(0) { sum, file in sum.flatMap { sum in file.recordCount.map { sum + $0 } } }
    }

    /// The partitions that commits after `known` touched; nil for the whole table.
    private func changedPartitions(since known: Int64?) throws -> [[String: String?]]? {
        guard let known, !snapshot.metadata.partitionColumns.isEmpty else { return nil }
        var changed: Set<[String: String?]> = []
        for version in stride(from: known + 1, through: snapshot.version, by: 1) {
            guard let actions = try log.actions(at: version) else { return nil }
            for action in actions {
                switch action {
                case .metadata: return nil
                case .add(let file) where file.dataChange: changed.insert(file.partitionValues)
                case .remove(let file) where file.dataChange:
                    guard let values = file.partitionValues else { return nil }
                    changed.insert(values)
                default: break
                }
            }
        }
        return Array(changed)
    }
}
