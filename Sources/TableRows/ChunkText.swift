import Buckets
import DuckDB

/// SQL that reads chunk files as text: columns `f0`, `f1` and so on, and `#file`, the index of the
/// file in the list.
///
/// A field without quotes and without text is null, `""` is an empty text. The reader forgives what
/// it should not (a field too many if it is empty, text behind a closing quote, a quote that never
/// closes); so only chunks of which `split` saw that they have nothing of it are read whole.
/// Source: DuckDB, "CSV Import".
enum ChunkText {
    /// The column with the index of a row's file.
    static let file = "#file"

    /// A relation with the fields of a format and without rows.
    static func empty(_ format: RecordFormat) -> String {
        let fields = (0..<max(1, format.fields ?? 1)).map { "NULL::VARCHAR AS f\($0), " }
        return "(SELECT \(fields.joined())0 AS \(SQL.identifier(file)) WHERE false)"
    }

    /// The relation over whole chunks of one format.
    static func relation(_ paths: [String], format: RecordFormat) -> String {
        switch format.type {
        case .json:
            // Lines as they are: the delimiter cannot occur in JSON, and nothing quotes.
            read(paths, fields: ["f0"], options: "delim = chr(1), quote = '', escape = ''")
        case .csv:
            delimited(
                paths,
                delimiter: format.delimiter ?? ",",
                header: format.header == true,
                fields: (0..<max(1, format.fields ?? 1)).map { "f\($0)" }
            )
        }
    }

    /// The relation over files with the given columns, all text.
    ///
    /// `longestLine` is the length in bytes that a record may have; nil for DuckDB's 2 MB.
    static func delimited(
        _ paths: [String],
        delimiter: String,
        header: Bool,
        fields: [String],
        longestLine: Int? = nil
    ) -> String {
        var options =
            "delim = \(SQL.literal(delimiter)), quote = '\"', escape = '\"', header = \(header)"
        if let longestLine {
            options += ", max_line_size = \(longestLine), buffer_size = \(2 * longestLine)"
        }
        return read(paths, fields: fields, options: options)
    }

    private static func read(_ paths: [String], fields: [String], options: String) -> String {
        let columns = fields.map { "\(SQL.literal($0)): 'VARCHAR'" }.joined(separator: ", ")
        // A blank line is no record; only in a table of one column the reader takes it for one.
        let filter = fields.count == 1 ? " WHERE \(SQL.identifier(fields[0])) IS NOT NULL" : ""
        return "(SELECT *, CAST(file_index AS BIGINT) AS \(SQL.identifier(file)) "
            + "FROM read_csv(\(SQL.list(paths)), \(options), auto_detect = false, strict_mode = false, new_line = '\\n', "
            + "null_padding = false, allow_quoted_nulls = false, columns = {\(columns)})\(filter))"
    }
}
