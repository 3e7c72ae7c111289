import Buckets
import DeltaTable
import DuckDB
import Glibc
import LakeFiles
import Verification

/// Compares the files of bucket `results` with the rows of the lake that they show.
struct ResultInventory {
    /// The table whose rows the files show.
    static let table = "weighted_distances"

    let buckets: BucketsFolder
    let snapshot: Snapshot
    let isQuick: Bool

    /// One entry for each indicator that has rows.
    func read(on connection: borrowing Connection) -> [ResultFacts] {
        var files: [String: [AddFile]] = [:]
        for file in snapshot.files {
            guard let indicator = file.partitionValues["indicator_id"] ?? nil else { continue }
            files[indicator, default: []].append(file)
        }
        return files.sorted { $0.key < $1.key }.map { indicator, files in
            let key = "results/" + LakeFiles.name(ofPartitionValue: indicator) + ".csv"
            let path = "\(buckets.path)/\(key)"
            var facts = ResultFacts(
                indicator: indicator,
                file: key,
                expectedRows: files.reduce(0) { $0 + ($1.recordCount ?? 0) },
                exists: access(path, F_OK) == 0
            )
            if facts.exists { compare(path, files, &facts, on: connection) }
            return facts
        }
    }

    private func compare(
        _ path: String,
        _ files: [AddFile],
        _ facts: inout ResultFacts,
        on connection: borrowing Connection
    ) {
        let fields = snapshot.schema.fields.prefix { $0.name != "intervals_set" }
        let types = fields.map { "\(SQL.literal($0.name)): \(SQL.literal($0.type.duckDBName))" }
        let names = fields.map { SQL.identifier($0.name) }.joined(separator: ", ")
        let sum = isQuick ? "0" : "sum(hash(\(names)))"
        do throws(DuckDBError) {
            let row = try connection.rows(
                """
                SELECT count(*), \(sum)::VARCHAR FROM read_csv(\(SQL.literal(path)), header = true,
                    delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false,
                    auto_detect = false, columns = {\(types.joined(separator: ", "))})
                """
            ).first
            facts.rows = row?[0].int.map(Int64.init)
            guard !isQuick, let row else { return }
            let rows = LakeRelation.query(
                of: snapshot,
                table: buckets.lakeTable(Self.table),
                files: files,
                columns: fields.map(\.name)
            )
            let lake = try connection.rows("SELECT \(sum)::VARCHAR FROM (\(rows))").first
            facts.isEqual = lake?[0].string == row[1].string
        } catch {
            // A file that is no such table differs; lake files that cannot be read are found there.
            guard !error.message.contains("parquet") else { return }
            facts.rows = nil
        }
    }
}
