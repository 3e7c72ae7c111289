import Buckets
import Catalog
import DuckDB
import Events
import FunctionConfig

/// How a version's text becomes the columns of its table.
struct ColumnPlan: Equatable {
    /// One column of the table.
    struct Column: Equatable {
        /// The column's name.
        var name: String
        /// The column's type.
        var type: ColumnType
        /// SQL over the text relation: the column's text, `NULL` where the version has none.
        var text: String
        /// Whether settings name the type, or say that the column must hold times.
        var isGiven: Bool
        /// How dates and times are written.
        var times = TimeFormats()
        /// Whether only finite numbers are values.
        var mustBeFinite = false
    }

    /// The columns, in the table's order.
    var columns: [Column]
    /// SQL that makes the text relation of what `ChunkText` reads; nil: it is the relation.
    var shape: (@Sendable (String) -> String)?
    /// SQL over the text relation that holds where a record is none at all; nil: nowhere.
    var malformed: String?
    /// Columns or dotted paths that must have a value.
    var keys: [String] = []
    /// What the warehouse cannot hold.
    var storable = StorableValues.all

    static func == (left: ColumnPlan, right: ColumnPlan) -> Bool {
        left.columns == right.columns && left.malformed == right.malformed
            && left.keys == right.keys && left.storable == right.storable
    }
}

extension ColumnPlan {
    /// The plan for a version of a table.
    init(
        _ manifest: Manifest,
        entry: TableEntry,
        settings: TableSettings,
        storable: StorableValues
    ) {
        self.storable = storable
        let map = ColumnMap(settings)
        let folders = PathPartition.all(inKey: manifest.source.key)
        let given = settings.timeColumns.union(settings.columns.map(\.name))
        let columns = entry.columns
        let texts: [String: [String]]
        switch manifest.format.type {
        case .csv:
            texts = map.fields(byColumnIn: manifest.format).mapValues { $0.map { "f\($0)" } }
        case .json:
            let members = JSONColumns(columns, map: map)
            texts = members.texts
            shape = { members.relation(over: $0) }
            malformed = "NOT is_object"
        }
        self.columns = columns.map { column in
            Column(
                name: column.name,
                type: column.type,
                text: Self.firstText(
                    texts[column.name] ?? [],
                    otherwise: Self.literal(column.name, folders),
                    format: manifest.format
                ),
                isGiven: given.contains(column.name),
                times: settings.format.times
            )
        }
        if settings.transform == nil { keys = settings.keys }
        if settings.similarity != nil {
            for index in self.columns.indices where columns[index].name == "value" {
                self.columns[index].mustBeFinite = true
            }
        }
    }

    /// SQL of a column's text: of what a record has for it, the first with a value.
    ///
    /// A folder's value counts for delimited text without a field of the column, and for JSON
    /// wherever there is no member.
    private static func firstText(
        _ texts: [String],
        otherwise folder: String,
        format: RecordFormat
    ) -> String {
        guard let first = texts.first else { return folder }
        var choices = texts
        if texts.count > 1 {
            // An empty text counts only where nothing has more.
            choices = texts.map { "CASE WHEN trim(\($0)) <> '' THEN \($0) END" } + texts
        }
        if format.type == .json, folder != "NULL" { choices.append(folder) }
        return choices.count > 1 ? "coalesce(\(choices.joined(separator: ", ")))" : first
    }

    private static func literal(_ column: String, _ folders: [PathPartition]) -> String {
        guard let folder = folders.first(where: { $0.column == column }), let value = folder.value
        else { return "NULL" }
        return SQL.literal(value)
    }

    /// SQL of the typed relation: the columns, then `#bad`, null where the record is good.
    ///
    /// `#bad` is the index of the first column that has no value although there is text, from the
    /// number of columns on that of a key without a value, behind those that of a column whose value
    /// the warehouse cannot hold, -1 where the record is none.
    ///
    /// - Parameters:
    ///   - chunks: The relation that `ChunkText` reads.
    ///   - places: Columns of it that are wanted as well.
    ///   - showsText: Whether `#text` is wanted, the text of the column that `#bad` names.
    /// - Returns: A `SELECT` in parentheses.
    func typed(
        over chunks: String,
        keeping places: [String] = [],
        showsText: Bool = false
    ) -> String {
        let kept = places.map { SQL.identifier($0) }
        let texts = columns.indices.filter { columns[$0].text != "NULL" }
        // What is needed more than once is computed in a step of its own: DuckDB computes the same
        // expression anew wherever it stands.
        var relation = shape?(chunks) ?? chunks
        let read = texts.map { "\(columns[$0].text) AS \(Self.text($0))" }
        if !read.isEmpty {
            relation = "(SELECT *, \(read.joined(separator: ", ")) FROM \(relation))"
        }
        let casts = columns.indices.compactMap { index in
            cast(index).map { "\($0) AS \(Self.cast(index))" }
        }
        if !casts.isEmpty {
            relation = "(SELECT *, \(casts.joined(separator: ", ")) FROM \(relation))"
        }
        let names = columns.map { SQL.identifier($0.name) }
        let values = zip(columns.indices, names).map { "\(value($0)) AS \($1)" }
        let flaw = malformed.map { ["\($0) AS \"#malformed\""] } ?? []
        let computed = values + texts.map(Self.text) + flaw + kept
        relation = "(SELECT \(computed.joined(separator: ", ")) FROM \(relation))"
        let bad = badCase ?? "NULL::INTEGER"
        var selected = names + ["\(bad) AS \"#bad\""] + kept
        if showsText {
            let behind = columns.count + keys.count
            let numbers = texts.map { ($0, $0) } + limits.map { (behind + $0.column, $0.column) }
            let cases = numbers.map { " WHEN \($0) THEN CAST(\(Self.text($1)) AS VARCHAR)" }
            selected.append("CASE \(bad)\(cases.joined()) ELSE NULL END AS \"#text\"")
        }
        return "(SELECT \(selected.joined(separator: ", ")) FROM \(relation))"
    }

    private static func text(_ index: Int) -> String { "\"#text\(index)\"" }
    private static func cast(_ index: Int) -> String { "\"#cast\(index)\"" }

    /// SQL of the part of a column's value that the value has more than once; nil: there is none.
    private func cast(_ index: Int) -> String? {
        let column = columns[index]
        guard column.text != "NULL" else { return nil }
        return ScalarText.sharedCast(Self.text(index), as: column.type, isGiven: column.isGiven)
    }

    private func value(_ index: Int) -> String {
        let column = columns[index]
        guard column.text != "NULL" else { return "CAST(NULL AS \(column.type.sqlName))" }
        return ScalarText.value(
            Self.text(index),
            as: column.type,
            isGiven: column.isGiven,
            times: column.times,
            cast: cast(index) == nil ? nil : Self.cast(index)
        )
    }

    /// SQL of a key's value; nil when there is no such column.
    private func keyValue(_ key: String) -> String? {
        let parts = key.split(separator: ".").map(String.init)
        guard let column = columns.first(where: { $0.name == parts.first }) else { return nil }
        let value = SQL.identifier(column.name)
        return UpsertKeys.value(value, type: column.type, path: parts.dropFirst())
    }

    /// What a value of `#bad` says: the column at fault and what was expected.
    func explanation(_ bad: Int) -> (column: String?, reason: String) {
        switch bad {
        case ..<0:
            return (nil, "this is no JSON object; expected one { ... } on a line")
        case ..<columns.count:
            let column = columns[bad]
            let expected = column.mustBeFinite ? "finite number" : column.type.description
            return (column.name, "the text is no \(expected), as \(column.name) must be")
        case ..<(columns.count + keys.count):
            let key = keys[bad - columns.count]
            return (key, "\(key) has no value; it identifies rows, so it must have one")
        default:
            let index = bad - columns.count - keys.count
            let limit = limits.first { $0.column == index }?.limit
            return (columns[index].name, limit?.reason ?? "the warehouse cannot hold it")
        }
    }

    private var limits: [(column: Int, limit: StorableValues.Limit)] {
        columns.enumerated().compactMap { index, column in
            guard column.text != "NULL" else { return nil }
            return storable.limit(ofText: Self.text(index), as: column.type).map { (index, $0) }
        }
    }

    private var badCase: String? {
        var cases = malformed.map { _ in [" WHEN \"#malformed\" THEN -1"] } ?? []
        for (index, column) in columns.enumerated() {
            if let isBad = column.isBad(Self.text(index)) {
                cases.append(" WHEN \(isBad) THEN \(index)")
            }
        }
        for (index, key) in keys.enumerated() {
            let missing = keyValue(key).map { "(\($0)) IS NULL" } ?? "true"
            cases.append(" WHEN \(missing) THEN \(columns.count + index)")
        }
        let behind = columns.count + keys.count
        cases += limits.map { " WHEN \($0.limit.condition) THEN \(behind + $0.column)" }
        return cases.isEmpty ? nil : "CASE\(cases.joined()) END"
    }
}

extension ColumnPlan.Column {
    /// SQL that holds where there is text and no value; nil where every text is one.
    fileprivate func isBad(_ shown: String) -> String? {
        guard text != "NULL", type != .string, type != .void else { return nil }
        // What is rare comes first: the rest is then looked at in few rows.
        let isFilled = "NOT \(ScalarText.isBlank(shown, as: type))"
        let isMisfit = isMisfit(shown)
        return type.isScalar ? "\(isMisfit) AND \(isFilled)" : "\(isFilled) AND \(isMisfit)"
    }

    /// SQL that holds where text that is not blank is no value.
    private func isMisfit(_ shown: String) -> String {
        let value = SQL.identifier(name)
        if mustBeFinite { return "NOT coalesce(isfinite(\(value)), false)" }
        guard isGiven, !type.isScalar else { return "\(value) IS NULL" }
        return "NOT \(NestedText.fits(shown, as: type, times: times))"
    }
}
