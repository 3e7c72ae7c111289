public import Buckets
public import Events
public import FunctionConfig

/// Which column of a table each column of a file is: the settings `columnMap` and `otherColumns`.
///
/// A name is compared as files write it first, then as it folds to a column's name. A mapped column's
/// own name is the last of its names unless it is listed.
public struct ColumnMap: Sendable, Equatable {
    private let columns: [TableSettings.ColumnMapping]
    private let given: [String]
    /// The columns that the table has; nil for all.
    private let kept: Set<String>?
    /// Names that no column of a file may have, as the table computes columns of these names.
    public let reserved: Set<String>

    /// The map of a table.
    ///
    /// Where others are dropped, columns with a given type are as if mapped from their own names, and
    /// so are columns that must hold times.
    public init(_ settings: TableSettings) {
        given = settings.columns.map(\.name)
        reserved = Set(settings.computedPartitions.map(\.name))
        var mappings = settings.columnMap
        let own = (settings.keepsOtherColumns ? [] : given) + settings.timeColumns.sorted()
        for column in own where !mappings.contains(where: { $0.column == column }) {
            mappings.append(TableSettings.ColumnMapping(column: column, names: []))
        }
        columns = mappings.map { mapping in
            var mapping = mapping
            if !mapping.names.contains(mapping.column) { mapping.names.append(mapping.column) }
            return mapping
        }
        kept = settings.keepsOtherColumns ? nil : Set(columns.map(\.column))
    }

    /// Whether a column of this name is part of the table.
    public func keeps(_ column: String) -> Bool {
        !reserved.contains(column) && kept?.contains(column) ?? true
    }

    /// The columns that the fields of delimited text are, nil where one is dropped.
    ///
    /// Several fields can be one column.
    public func columns(ofFields format: RecordFormat) -> [String?] {
        assignment(ofFields: format).columns
    }

    /// The fields of delimited text by their columns, those that count first in front.
    public func fields(byColumnIn format: RecordFormat) -> [String: [Int]] {
        let assignment = assignment(ofFields: format)
        var fields = assignment.ranked
        for (field, column) in assignment.columns.enumerated() {
            if let column, fields[column] == nil { fields[column] = [field] }
        }
        return fields
    }

    /// The names in files of a mapped column, the one that counts first in front; nil for others.
    public func ordered(_ names: [String], of column: String) -> [String]? {
        guard let mapping = columns.first(where: { $0.column == column }) else { return nil }
        let rank = { (name: String) in
            mapping.names.firstIndex(of: name)
                ?? mapping.names.firstIndex { Self.folds($0, like: name) } ?? mapping.names.count
        }
        return names.sorted { (rank($0), $0) < (rank($1), $1) }
    }

    /// Parts the members of JSON objects into those of mapped columns and the others that are kept.
    ///
    /// `structure` is as ``MemberPath/structure`` has it.
    public func members(
        of structure: [JSONValue.Member]
    ) -> (mapped: [(column: String, paths: [MemberPath])], others: [MemberPath]) {
        var paths = columns.map { _ in [MemberPath]() }
        var claimed: Set<String> = []
        for (index, name, isExact) in requests
        where isExact || !paths[index].contains(where: { $0.request == name }) {
            let found = MemberPath.find(name, exactly: isExact, in: structure)
            for path in found where path.parts.count > 1 || claimed.insert(path.name).inserted {
                paths[index].append(path)
            }
        }
        let mapped = zip(columns, paths).filter { !$1.isEmpty }.map { ($0.column, $1) }
        let others = structure.filter { !claimed.contains($0.name) }.map {
            MemberPath(parts: [$0.name], structure: $0.value, request: $0.name)
        }
        return (mapped, kept == nil ? others : [])
    }

    /// What is looked for, in turn: every name as it is, then every name folded.
    private var requests: [(index: Int, name: String, isExact: Bool)] {
        [true, false].flatMap { isExact in
            columns.enumerated().flatMap { index, mapping in
                mapping.names.map { (index, $0, isExact) }
            }
        }
    }

    private struct Assignment {
        var columns: [String?]
        /// The fields of mapped columns by the place of their names in the map.
        var ranked: [String: [Int]] = [:]
    }

    private func assignment(ofFields format: RecordFormat) -> Assignment {
        let cells: [String]
        if let header = format.columns {
            cells = header
        } else {
            // Without a header the settings' names go by place.
            guard given.isEmpty else { return Assignment(columns: given) }
            cells = ColumnNames.names(withoutHeader: format.fields ?? 0)
        }
        var columns = [String?](repeating: nil, count: cells.count)
        var places: [(index: Int, rank: Int, field: Int)] = []
        for (index, name, isExact) in requests {
            let rank = self.columns[index].names.firstIndex(of: name) ?? 0
            guard isExact || !places.contains(where: { $0.index == index && $0.rank == rank })
            else { continue }
            let field = cells.indices.first { field in
                columns[field] == nil
                    && (isExact ? cells[field] == name : Self.folds(name, like: cells[field]))
            }
            guard let field else { continue }
            columns[field] = self.columns[index].column
            places.append((index, rank, field))
        }
        var assignment = Assignment(columns: columns)
        for place in places.sorted(by: { $0.rank < $1.rank }) {
            assignment.ranked[self.columns[place.index].column, default: []].append(place.field)
        }
        var taken = reserved.union(columns.compactMap(\.self))
        for field in cells.indices where columns[field] == nil {
            let name = ColumnNames.name(of: cells[field])
            let column = ColumnNames.unused(
                name.isEmpty ? "column_\(field + 1)" : name,
                taken: &taken
            )
            assignment.columns[field] = keeps(column) ? column : nil
        }
        return assignment
    }

    static func folds(_ name: String, like other: String) -> Bool {
        let folded = ColumnNames.name(of: name)
        return !folded.isEmpty && folded == ColumnNames.name(of: other)
    }
}
