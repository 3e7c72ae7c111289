import Catalog
import Events

/// Where the columns of a table are found in JSON objects.
struct JSONColumns: Sendable {
    /// SQL of a column's text for each of its names, the one that counts first in front.
    let texts: [String: [String]]
    private let members: JSONMembers

    /// Takes the table's columns; partition keys come from folders.
    init(_ columns: [TableEntry.KnownColumn], map: ColumnMap) {
        let columns = columns.filter { !$0.isPartitionKey }
        let mapped = columns.compactMap { column in
            map.ordered(column.originals, of: column.name).map { (column.name, $0) }
        }
        var paths: [String: [[String]]] = [:]
        for (name, originals) in mapped {
            paths[name] = originals.flatMap { MemberPath.ways(to: $0) }
        }
        // A member of a mapped column may be known as a column of its own from before.
        let taken = Set(mapped.flatMap(\.1))
        for column in columns where paths[column.name] == nil && map.keeps(column.name) {
            paths[column.name] = column.originals.filter { !taken.contains($0) }.map { [$0] }
        }
        let members = JSONMembers(
            columns.flatMap { column in
                (paths[column.name] ?? []).map { ($0, !column.type.isScalar) }
            }
        )
        texts = paths.mapValues { $0.map { members.text($0) } }
        self.members = members
    }

    /// SQL of documents, `doc`, with their members, and whether they are objects, `is_object`.
    func relation(over chunks: String) -> String { members.relation(over: chunks) }
}
