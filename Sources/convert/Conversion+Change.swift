import Buckets
import DeltaTable
import DuckDB
import Events
import FunctionConfig
import LakeFiles
import TableRows

/// What a commit does to the table's rows.
struct TableChange {
    /// SQL of the rows to write; nil for none.
    var rows: String?
    /// The files that leave the table.
    var removed: [AddFile]
    /// Files that leave as well if files of their partition are written.
    var replaced: PresentPartitions?
    /// The one version that all rows are of; nil where there may be others.
    var onlyVersion: VersionHistory.Version?
}

extension Conversion {
    /// The change that makes `chosen` part of the table, as its mode says.
    ///
    /// - Throws: `VersionRefusal` when rows of earlier versions must be converted again from their
    ///   text and that cannot be.
    func tableChange(
        _ chosen: [PreparedVersion],
        by keys: UpsertKeys,
        shape: TableShape,
        over snapshot: Snapshot?
    ) throws -> TableChange {
        let incoming = selects(of: chosen)
        guard let snapshot, !snapshot.files.isEmpty else {
            if let snapshot, !shape.changed.isEmpty, settings.mode != .replace {
                return try rebuilt(with: chosen, by: keys, shape: shape, snapshot: snapshot)
            }
            return TableChange(
                rows: try combined(incoming, of: chosen, by: keys),
                removed: [],
                onlyVersion: only(of: chosen)
            )
        }
        if settings.mode == .replace {
            let foreign = foreignRows(of: snapshot)
            return TableChange(
                rows: union(incoming + foreign),
                removed: snapshot.files,
                onlyVersion: foreign.isEmpty ? only(of: chosen) : nil
            )
        }
        guard shape.changed.isEmpty else {
            return try rebuilt(with: chosen, by: keys, shape: shape, snapshot: snapshot)
        }
        switch settings.mode {
        case .upsert: return try merged(chosen, incoming, by: keys, snapshot)
        case .replacePartitions: return try partitionsReplaced(chosen, incoming, snapshot)
        case .append, .replace: return try appended(chosen, incoming, snapshot)
        }
    }

    /// Mode `append`: rows of older versions of the same keys give way.
    private func appended(
        _ chosen: [PreparedVersion],
        _ incoming: [String],
        _ snapshot: Snapshot
    ) throws -> TableChange {
        let replaced = chosen.map(\.manifest.source.source)
            .filter { snapshot.transactions[$0] != nil }
        guard !replaced.isEmpty else {
            return TableChange(rows: union(incoming), removed: [], onlyVersion: only(of: chosen))
        }
        let sources = SQL.list(replaced)
        var removed: [AddFile] = []
        var mixed: [AddFile] = []
        for file in snapshot.files {
            let range = SourceRange(file)
            guard replaced.contains(where: range.mayHold) else { continue }
            if let only = range.only, replaced.contains(only) {
                removed.append(file)
            } else {
                mixed.append(file)
            }
        }
        let touched = try files(mixed, of: snapshot) { rows in
            "SELECT 1 FROM (\(rows)) WHERE list_contains(\(sources), _source) LIMIT 1"
        }
        var parts = incoming
        if !touched.isEmpty {
            let rows = LakeRelation.query(of: snapshot, table: log.table, files: touched)
            parts.append(
                "SELECT * FROM (\(rows)) WHERE NOT coalesce(list_contains(\(sources), _source), false)"
            )
        }
        return TableChange(
            rows: union(parts),
            removed: removed + touched,
            onlyVersion: touched.isEmpty ? only(of: chosen) : nil
        )
    }

    /// The version with rows, if it is the only one.
    private func only(of chosen: [PreparedVersion]) -> VersionHistory.Version? {
        let filled = chosen.filter { $0.rows > 0 }
        return filled.count == 1 ? filled[0].name : nil
    }

    /// Queries of the rows of versions.
    func selects(
        of versions: [PreparedVersion],
        by reader: TableReader? = nil
    ) -> [String] {
        (reader ?? self.reader).relations(of: versions.filter { $0.rows > 0 }).map {
            "SELECT * FROM \($0)"
        }
    }

    /// Mode `upsert`: for each key the row of the greatest sequencer stays.
    private func merged(
        _ chosen: [PreparedVersion],
        _ incoming: [String],
        by keys: UpsertKeys,
        _ snapshot: Snapshot
    ) throws -> TableChange {
        guard let rows = try combined(incoming, of: chosen, by: keys) else {
            return TableChange(rows: nil, removed: [])
        }
        try connection.execute("CREATE OR REPLACE TEMP TABLE incoming AS \(rows)")
        let same = keys.match
        let touched = try files(snapshot.files, of: snapshot) { rows in
            "SELECT 1 FROM (\(rows)) old JOIN incoming new ON \(same) AND old._seq <= new._seq LIMIT 1"
        }
        let all = LakeRelation.query(of: snapshot, table: log.table)
        var parts = [
            "SELECT * FROM incoming new WHERE NOT EXISTS (SELECT 1 FROM (\(all)) old "
                + "WHERE \(same) AND old._seq > new._seq)"
        ]
        if !touched.isEmpty {
            let kept = LakeRelation.query(of: snapshot, table: log.table, files: touched)
            parts.append(
                "SELECT * FROM (\(kept)) old WHERE NOT EXISTS (SELECT 1 FROM incoming new "
                    + "WHERE \(same) AND old._seq <= new._seq)"
            )
        }
        return TableChange(rows: union(parts), removed: touched)
    }

    /// The files for which a query over their rows has an answer.
    func files(
        _ files: [AddFile],
        of snapshot: Snapshot,
        where query: (String) -> String
    ) throws -> [AddFile] {
        try files.filter { file in
            let rows = LakeRelation.query(of: snapshot, table: log.table, files: [file])
            return try connection.scalar(query(rows)) != nil
        }
    }

    /// SQL of the rows of versions that count beside each other, as the mode says; nil for no parts.
    func combined(
        _ parts: [String],
        of versions: [PreparedVersion],
        by keys: UpsertKeys
    ) throws -> String? {
        switch settings.mode {
        case .upsert: union(parts).map { keys.newest(of: $0) }
        case .replacePartitions: try newestOfPartitions(parts, of: versions)
        case .append, .replace: union(parts)
        }
    }

    func union(_ parts: [String]) -> String? {
        parts.isEmpty ? nil : parts.joined(separator: " UNION ALL BY NAME ")
    }

    /// Rows that other writers added: they belong to no version and stay.
    func foreignRows(of snapshot: Snapshot, in files: [AddFile]? = nil) -> [String] {
        let files = (files ?? snapshot.files).filter { SourceRange($0).mayHoldNull }
        guard !files.isEmpty else { return [] }
        let rows = LakeRelation.query(of: snapshot, table: log.table, files: files)
        return ["SELECT * FROM (\(rows)) WHERE _source IS NULL"]
    }
}
