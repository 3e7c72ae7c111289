import DuckDB
import Events
public import FunctionConfig
import HandlerRuntime

extension ComputedPartition {
    /// The column in lake and warehouse.
    var field: ColumnType.Field {
        switch transform {
        case .year, .bucket: ColumnType.Field(name: name, type: .int)
        case .month, .day: ColumnType.Field(name: name, type: .date)
        case .hour: ColumnType.Field(name: name, type: .timestamp)
        }
    }

    /// SQL of the value over a relation with the source column, of the given type.
    ///
    /// It is the same in every version of every database: files and tables keep it.
    func value(from type: ColumnType) -> String {
        let column = SQL.identifier(source)
        // A date is its midnight; an instant is looked at in UTC, whatever the session's zone.
        let time =
            type == .timestamp
            ? "(\(column) AT TIME ZONE 'UTC')" : "CAST(\(column) AS TIMESTAMP)"
        switch transform {
        case .year: return "CAST(year(\(time)) AS INTEGER)"
        case .month: return "CAST(date_trunc('month', \(time)) AS DATE)"
        case .day: return "CAST(\(time) AS DATE)"
        case .hour: return "(date_trunc('hour', \(time)) AT TIME ZONE 'UTC')"
        case .bucket(let count):
            let text = type == .timestamp ? time : column
            return SQL.bucket(of: "CAST(\(text) AS VARCHAR)", count: count)
        }
    }

    /// Refuses a source that the values cannot be computed from.
    func check(_ columns: [ColumnType.Field], table: String) throws(HandlerError) {
        let setting = "tables.\(table).partitionBy has \(self)"
        guard !columns.contains(where: { $0.name == name }) else {
            throw .input(
                "ColumnTaken",
                "\(setting), which makes a column `\(name)`; the table has one of that name from "
                    + "files. Give that one another name in `columnMap` or `transform`, then "
                    + "`sluice redrive`"
            )
        }
        guard let type = columns.first(where: { $0.name == source })?.type else {
            throw .input(
                "UnknownColumn",
                "\(setting); the table has \(columns.map(\.name).joined(separator: ", ")). Correct "
                    + "functions.json, then `sluice redrive`"
            )
        }
        guard type.isScalar, !isOfTime || [.date, .timestamp].contains(type) else {
            throw .input(
                "WrongPartition",
                "\(setting); \(source) is \(type). "
                    + (isOfTime
                        ? "Give it the type date or timestamp in tables.\(table).columns"
                        : "Use a column of text, numbers or times")
                    + ", then `sluice redrive`"
            )
        }
    }
}
