import Buckets
import DeltaTable
import DuckDB
import Events
import Glibc

/// What data files say of themselves, in the footers that every Parquet file ends with.
struct FileFooters {
    /// The table's folder.
    let table: String

    /// One file.
    struct Footer {
        /// Bytes; nil where there is no file.
        var size: Int64?
        /// Rows; nil where the footer cannot be read.
        var rows: Int64?
        /// Why the footer cannot be read; nil where it can.
        var problem: String?
        /// Where the log's bounds of `_source` and `_seq` are not the file's: both.
        var wrongBounds: String?
    }

    /// Reads the footers of files, in their order.
    func read(_ files: [AddFile], on connection: borrowing Connection) throws -> [Footer] {
        var footers = files.map { Footer(size: size(of: $0)) }
        let present = files.indices.filter { footers[$0].size != nil }
        let paths = files.map(path)
        let found: [String: Footer]
        do {
            found = try query(present.map { paths[$0] }, on: connection)
        } catch {
            // One of them stops the reader.
            for index in present {
                do {
                    merge(try query([paths[index]], on: connection)[paths[index]], &footers[index])
                } catch {
                    footers[index].problem = Self.reason(error)
                }
            }
            return check(files, footers)
        }
        for index in present { merge(found[paths[index]], &footers[index]) }
        return check(files, footers)
    }

    private func merge(_ found: Footer?, _ footer: inout Footer) {
        footer.rows = found?.rows
        footer.wrongBounds = found?.wrongBounds
        if found == nil { footer.problem = "it has no footer" }
    }

    /// Rows and bounds by path; the bounds are as JSON, to be compared.
    private func query(
        _ paths: [String],
        on connection: borrowing Connection
    ) throws(DuckDBError) -> [String: Footer] {
        guard !paths.isEmpty else { return [:] }
        var footers: [String: Footer] = [:]
        let list = SQL.list(paths)
        for row in try connection.rows(
            "SELECT file_name, num_rows FROM parquet_file_metadata(\(list))"
        ) {
            footers[row[0].string ?? ""] = Footer(rows: row[1].int.map(Int64.init))
        }
        let bounds = try connection.rows(
            """
            SELECT file_name, path_in_schema,
                CASE WHEN path_in_schema = '_seq' THEN min(TRY_CAST(stats_min_value AS BIGINT))::VARCHAR
                    ELSE min(stats_min_value) END,
                CASE WHEN path_in_schema = '_seq' THEN max(TRY_CAST(stats_max_value AS BIGINT))::VARCHAR
                    ELSE max(stats_max_value) END
            FROM parquet_metadata(\(list)) WHERE path_in_schema IN ('_source', '_seq')
            GROUP BY file_name, path_in_schema ORDER BY file_name, path_in_schema
            """
        )
        for row in bounds {
            guard let file = row[0].string, let column = row[1].string, let least = row[2].string,
                let greatest = row[3].string
            else { continue }
            let text = "\(column) \(least) to \(greatest)"
            let others = footers[file]?.wrongBounds
            footers[file]?.wrongBounds = others.map { "\($0), \(text)" } ?? text
        }
        return footers
    }

    /// Leaves bounds only where the log has others.
    private func check(_ files: [AddFile], _ footers: [Footer]) -> [Footer] {
        zip(files, footers).map { file, footer in
            var footer = footer
            guard let own = footer.wrongBounds else { return footer }
            footer.wrongBounds = nil
            guard let text = file.stats, let stats = try? JSONValue(parsing: text) else {
                return footer
            }
            var noted: [String] = []
            for column in ["_seq", "_source"] {
                guard let least = Self.text(stats["minValues"]?[column]),
                    let greatest = Self.text(stats["maxValues"]?[column])
                else { return footer }
                noted.append("\(column) \(least) to \(greatest)")
            }
            let log = noted.joined(separator: ", ")
            if log != own { footer.wrongBounds = "\(own) in the file, \(log) in the log" }
            return footer
        }
    }

    private static func text(_ value: JSONValue?) -> String? {
        value?.string ?? value?.integer.map { String($0) }
    }

    private func path(_ file: AddFile) -> String { FilePath.resolve(file.filePath, in: table) }

    private func size(of file: AddFile) -> Int64? {
        var status = stat()
        return stat(path(file), &status) == 0 ? Int64(status.st_size) : nil
    }

    /// The first line of what DuckDB says, without the path, which stands beside it anyway.
    private static func reason(_ error: any Error) -> String {
        let message = (error as? DuckDBError)?.message ?? "\(error)"
        return String(message.prefix { $0 != "\n" })
    }
}
