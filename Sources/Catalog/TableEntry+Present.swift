public import Events

extension TableEntry {
    /// The entry with the types that its table has, where columns of the entry are wider.
    ///
    /// - Parameter isPresent: Whether the table has a column with this type, or none of this name.
    /// - Returns: nil when no version of the entry had the table's type of an inferred column, or
    ///   when the type of a column is given.
    public func narrowed(
        to isPresent: (ColumnType.Field) throws -> Bool
    ) rethrows -> TableEntry? {
        func narrowed(_ column: Column, isPartitionKey: Bool) throws -> Column? {
            let now = KnownColumn(column, isPartitionKey: isPartitionKey)
            guard let now else { return nil }
            if try isPresent(ColumnType.Field(name: now.name, type: now.type)) { return column }
            guard now.inferred != nil else { return nil }
            return try versions.reversed().lazy.compactMap { version in
                version.columns.first { $0.name == column.name }
            }.first { old in
                guard let old = KnownColumn(old, isPartitionKey: isPartitionKey),
                    old.inferred != nil
                else { return false }
                return try isPresent(ColumnType.Field(name: old.name, type: old.type))
            }
        }
        var entry = self
        let inFiles = try table.storageDescriptor.columns.map {
            try narrowed($0, isPartitionKey: false)
        }
        let inPaths = try table.partitionKeys.map { try narrowed($0, isPartitionKey: true) }
        guard !inFiles.contains(nil), !inPaths.contains(nil) else { return nil }
        entry.table.storageDescriptor.columns = inFiles.compactMap(\.self)
        entry.table.partitionKeys = inPaths.compactMap(\.self)
        return entry
    }

    /// The entry with the inferred types of its earlier versions, the newest first.
    ///
    /// Columns that a version did not have yet stay as they are.
    public var earlier: [TableEntry] {
        versions.dropLast().reversed().map { version in
            var entry = self
            func earlier(_ column: Column) -> Column {
                let old = version.columns.first { $0.name == column.name } ?? column
                let isInferred = [old, column].allSatisfy { $0.parameters["inferred"] != nil }
                return isInferred ? old : column
            }
            entry.table.storageDescriptor.columns = table.storageDescriptor.columns.map(earlier)
            entry.table.partitionKeys = table.partitionKeys.map(earlier)
            return entry
        }
    }
}
