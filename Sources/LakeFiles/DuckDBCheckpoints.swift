public import DeltaTable
public import DuckDB
import FoundationEssentials

/// Checkpoints of Delta logs, read and written by DuckDB.
public struct DuckDBCheckpoints: ~Copyable, CheckpointCodec {
    private let connection: Connection

    /// Works on a connection of its own to `database`.
    public init(_ database: borrowing Database) throws(DuckDBError) {
        connection = try database.connect()
    }

    /// The actions in the checkpoint at `path`.
    public func read(_ path: String) throws(DeltaError) -> [DeltaAction] {
        let file = SQL.literal(path)
        do {
            let present = try connection.query("SELECT * FROM read_parquet(\(file)) LIMIT 0")
                .columns.map(\.name)
            // A row holds one action; rows of others, which readers may ignore, are null here.
            let cases = Self.columns.map(\.name).filter(present.contains).map { name in
                let column = SQL.identifier(name)
                return "WHEN \(column) IS NOT NULL THEN "
                    + "\(SQL.literal("{\"\(name)\":")) || to_json(\(column))::VARCHAR || '}'"
            }
            let result = try connection.query(
                "SELECT CASE \(cases.joined(separator: " ")) END FROM read_parquet(\(file))"
            )
            var text: [UInt8] = []
            while let chunk = try result.nextChunk() {
                chunk.withStrings(of: 0) { strings in
                    for row in 0..<strings.count where strings.validity[row] {
                        strings.withBytes(of: row) { text.append(contentsOf: $0) }
                        text.append(UInt8(ascii: "\n"))
                    }
                }
            }
            return try CommitFile.decoded(text, path: path)
        } catch let error as DuckDBError {
            throw DeltaError(.corrupt, step: "read \(path)", detail: error.message)
        } catch let error as DeltaError {
            throw error
        } catch {
            throw DeltaError(.corrupt, step: "read \(path)", detail: "\(error)")
        }
    }

    /// Writes a checkpoint; its actions lie in a temporary file beside `path` meanwhile.
    public func write(_ actions: [DeltaAction], to path: String) throws(DeltaError) {
        let lines = path + ".actions"
        let bytes = try CommitFile.encoded(actions)
        defer { LakeFiles.removeFile(lines) }
        do {
            try Data(bytes).write(to: URL(filePath: lines))
        } catch {
            throw DeltaError(.storage, step: "write \(lines)", detail: "\(error)")
        }
        let types = Self.columns.map { "\(SQL.literal($0.name)): \(SQL.literal($0.type))" }
        do {
            try connection.execute(
                """
                COPY (FROM read_json(\(SQL.literal(lines)), format = 'newline_delimited',
                      columns = {\(types.joined(separator: ", "))}, maximum_object_size = 1073741824))
                TO \(SQL.literal(path)) (FORMAT parquet, COMPRESSION zstd)
                """
            )
        } catch {
            throw DeltaError(.storage, step: "write \(path)", detail: error.message)
        }
    }

    private static let text = "MAP(VARCHAR, VARCHAR)"

    // https://github.com/delta-io/delta/blob/master/PROTOCOL.md#checkpoint-schema
    private static let columns: [(name: String, type: String)] = [
        ("protocol", "STRUCT(\"minReaderVersion\" INTEGER, \"minWriterVersion\" INTEGER)"),
        (
            "metaData",
            """
            STRUCT(id VARCHAR, name VARCHAR, description VARCHAR, \
            format STRUCT(provider VARCHAR, options \(text)), "schemaString" VARCHAR, \
            "partitionColumns" VARCHAR[], "createdTime" BIGINT, configuration \(text))
            """
        ),
        ("txn", "STRUCT(\"appId\" VARCHAR, version BIGINT, \"lastUpdated\" BIGINT)"),
        (
            "add",
            """
            STRUCT(path VARCHAR, "partitionValues" \(text), size BIGINT, \
            "modificationTime" BIGINT, "dataChange" BOOLEAN, stats VARCHAR, tags \(text))
            """
        ),
        (
            "remove",
            """
            STRUCT(path VARCHAR, "deletionTimestamp" BIGINT, "dataChange" BOOLEAN, \
            "extendedFileMetadata" BOOLEAN, "partitionValues" \(text), size BIGINT)
            """
        ),
    ]
}
