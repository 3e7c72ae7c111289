public import Events

extension TableEntry {
    /// A column of the catalog, read.
    public struct KnownColumn: Sendable, Equatable {
        /// The column's name in tables.
        public var name: String
        /// The type as tables show it.
        public var type: ColumnType
        /// The column's names in files: JSON members are found by these.
        public var originals: [String]
        /// What is inferred; nil for a column whose type the settings give.
        public var inferred: InferredType?
        /// Whether the values come from `key=value` folders in paths.
        public var isPartitionKey: Bool

        /// Puts a column together.
        public init(
            name: String,
            originals: [String],
            given: ColumnType? = nil,
            inferred: InferredType? = nil,
            isPartitionKey: Bool = false
        ) {
            self.name = name
            self.originals = originals
            self.inferred = given == nil ? inferred ?? InferredType(.void) : nil
            type = given ?? (inferred?.type ?? .void).shown
            self.isPartitionKey = isPartitionKey
        }
    }

    /// The number of the current version; 0 before the first crawl.
    public var version: Int { Int(table.versionID) ?? 0 }

    /// All columns: those of files first, then partition keys.
    public var columns: [KnownColumn] {
        table.storageDescriptor.columns.compactMap { KnownColumn($0, isPartitionKey: false) }
            + table.partitionKeys.compactMap { KnownColumn($0, isPartitionKey: true) }
    }

    /// Takes new columns as the next version; nothing happens when they are the current ones.
    ///
    /// - Returns: What changed, for a reader; it can be empty although there is a next version, when
    ///   only what inference must remember is another.
    public mutating func update(
        columns: [KnownColumn],
        classification: String,
        time: String
    ) -> [String] {
        let isFirst = version == 0
        let old = self.columns
        var changes = isFirst ? ["created"] : []
        for column in columns {
            guard let before = old.first(where: { $0.name == column.name }) else {
                if !isFirst { changes.append("added column \(column.name) \(column.type)") }
                continue
            }
            if before.type != column.type {
                changes.append(
                    "changed column \(column.name) from \(before.type) to \(column.type)"
                )
            }
            for name in column.originals where !before.originals.contains(name) {
                changes.append("column \(column.name) is also called \(name)")
            }
        }
        guard isFirst || columns != old else { return [] }
        table.storageDescriptor.columns = columns.filter { !$0.isPartitionKey }.map(Column.init)
        table.partitionKeys = columns.filter(\.isPartitionKey).map(Column.init)
        table.parameters["classification"] = classification
        table.updateTime = time
        table.versionID = String(version + 1)
        versions.append(
            Version(
                versionID: table.versionID,
                updateTime: time,
                changes: changes,
                columns: columns.map(Column.init)
            )
        )
        return changes
    }
}

extension TableEntry.KnownColumn {
    /// Separates names in a parameter; no name holds it, as names come from one line of text.
    private static let separator: Character = "\n"

    init?(_ column: TableEntry.Column, isPartitionKey: Bool) {
        let originals =
            column.parameters["names"]?.split(separator: Self.separator).map(String.init)
            ?? [column.comment]
        if let text = column.parameters["inferred"], let type = ColumnType(text) {
            let wide = column.parameters["wideInteger"] == "true"
            self.init(
                name: column.name,
                originals: originals,
                inferred: InferredType(type, hasWideInteger: wide),
                isPartitionKey: isPartitionKey
            )
        } else if let type = ColumnType(column.type) {
            self.init(
                name: column.name,
                originals: originals,
                given: type,
                isPartitionKey: isPartitionKey
            )
        } else {
            return nil
        }
    }
}

extension TableEntry.Column {
    init(_ column: TableEntry.KnownColumn) {
        name = column.name
        type = column.type.description
        comment = column.originals.first ?? column.name
        parameters = [:]
        if column.originals.count > 1 {
            parameters["names"] = column.originals.joined(separator: "\n")
        }
        if let inferred = column.inferred {
            parameters["inferred"] = inferred.type.description
            if inferred.hasWideInteger { parameters["wideInteger"] = "true" }
        }
    }
}
