public import Events

/// What a crawl found in one version, or in several that are alike.
public struct CrawledColumn: Sendable, Equatable {
    /// The column's name in the file: a header's cell, a JSON member, a folder's key.
    public var original: String
    /// The column's name in tables, where position (delimited text) or settings decide it; several
    /// findings can have one name.
    public var name: String?
    /// What its values are.
    public var inferred: InferredType
    /// Whether it comes from `key=value` folders in the path.
    public var isPartitionKey: Bool

    /// Puts a finding together.
    public init(
        original: String,
        name: String? = nil,
        inferred: InferredType,
        isPartitionKey: Bool = false
    ) {
        self.original = original
        self.name = name
        self.inferred = inferred
        self.isPartitionKey = isPartitionKey
    }
}

extension TableEntry {
    /// The columns after a crawl: known ones widened, new ones added behind them.
    ///
    /// Columns that `given` names have its types and stand in front when the table is new. A member
    /// of JSON belongs to the column that already has its name in files, otherwise to the column of
    /// its name in tables, unless another member of the same file is that column.
    ///
    /// `crawled` holds what was found in files that are alike, a list for each kind of file; no new
    /// column gets a name that is `reserved`.
    public func merged(
        with crawled: [[CrawledColumn]],
        given: [ColumnType.Field],
        reserved: Set<String>
    ) -> [KnownColumn] {
        var columns = self.columns
        for field in given {
            if let index = columns.firstIndex(where: { $0.name == field.name }) {
                columns[index] = KnownColumn(
                    name: field.name,
                    originals: columns[index].originals,
                    given: field.type,
                    isPartitionKey: columns[index].isPartitionKey
                )
            } else {
                columns.append(
                    KnownColumn(name: field.name, originals: [field.name], given: field.type)
                )
            }
        }
        for findings in crawled { add(findings, to: &columns, reserved: reserved) }
        return columns.filter { !$0.isPartitionKey } + columns.filter(\.isPartitionKey)
    }

    private func add(
        _ findings: [CrawledColumn],
        to columns: inout [KnownColumn],
        reserved: Set<String>
    ) {
        var used = reserved
        for finding in findings {
            let name = finding.name ?? Self.name(for: finding, among: columns, used: used)
            let isFirst = used.insert(name).inserted
            guard isFirst || !finding.isPartitionKey else { continue }
            if let index = columns.firstIndex(where: { $0.name == name }) {
                columns[index] = columns[index].widened(by: finding)
            } else {
                columns.append(
                    KnownColumn(
                        name: name,
                        originals: [finding.original],
                        inferred: finding.inferred,
                        isPartitionKey: finding.isPartitionKey && version == 0
                    )
                )
            }
        }
    }

    private static func name(
        for finding: CrawledColumn,
        among columns: [KnownColumn],
        used: Set<String>
    ) -> String {
        let known = columns.first {
            $0.originals.contains(finding.original) && !used.contains($0.name)
        }
        if let known { return known.name }
        var taken = used
        let plain = ColumnNames.name(of: finding.original)
        return ColumnNames.unused(plain.isEmpty ? "column" : plain, taken: &taken)
    }
}

extension TableEntry.KnownColumn {
    fileprivate func widened(by finding: CrawledColumn) -> TableEntry.KnownColumn {
        let names =
            originals.contains(finding.original) ? originals : originals + [finding.original]
        return TableEntry.KnownColumn(
            name: name,
            originals: names,
            given: inferred == nil ? type : nil,
            inferred: inferred?.widened(by: finding.inferred),
            isPartitionKey: isPartitionKey
        )
    }
}
