import DuckDB
import Events
import FunctionConfig

/// The columns of a table after a load.
struct TableColumns {
    let fields: [ColumnType.Field]
    let columns: [WarehouseTable.Column]
    /// The names of columns for which every row is written anew: of another type now, or computed
    /// and not there yet.
    let changed: [String]

    /// The columns of a table that gets none.
    init(of table: WarehouseTable) {
        fields = []
        columns = table.columns
        changed = []
    }

    /// The columns of rows that come; those that only the table has stay where `keepsOthers`.
    init(
        _ given: [ColumnType.Field],
        beside old: WarehouseTable,
        _ settings: TableSettings,
        keepsOthers: Bool = true,
        on connection: borrowing Connection
    ) throws {
        let fields = given + WarehouseChange.own
        let described = try WarehouseTable.Column.all(fields, on: connection)
        let only = old.columns.filter { column in
            keepsOthers && !described.contains { $0.name == column.name }
        }
        let own = WarehouseChange.own.count
        let columns = described.dropLast(own) + only + described.suffix(own)
        self.fields = fields
        self.columns = Array(columns)
        let retyped = old.columns.filter { !columns.contains($0) }.map(\.name)
        let computed = old.columns.isEmpty ? [] : settings.computedPartitions.map(\.name)
        changed = retyped + computed.filter { name in !old.columns.contains { $0.name == name } }
    }
}
