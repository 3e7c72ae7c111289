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
        let incoming = chosen.filter { $0.rows > 0 }.map { "SELECT * FROM \($0.relation)" }
        guard let snapshot, !snapshot.files.isEmpty else {
            if let snapshot, !shape.changed.isEmpty, settings.mode != .replace {
                return try rebuilt(with: chosen, by: keys, shape: shape, snapshot: snapshot)
            }
            return TableChange(rows: try combined(incoming, by: keys), removed: [])
        }
        if settings.mode == .replace {
            return TableChange(
                rows: union(incoming + foreignRows(of: snapshot)),
                removed: snapshot.files
            )
        }
        guard shape.changed.isEmpty else {
            return try rebuilt(with: chosen, by: keys, shape: shape, snapshot: snapshot)
        }
        switch settings.mode {
        case .upsert: return try merged(incoming, by: keys, snapshot)
        case .replacePartitions: return try partitionsReplaced(chosen, incoming, snapshot)
        case .append, .replace: return try appended(chosen, incoming, snapshot)
        }
    }

    /// Writes the rows of a change.
    ///
    /// - Returns: The files, and those that leave the table for them.
    func write(
        _ change: TableChange,
        _ shape: TableShape,
        now: Int64,
        input: LakeInput,
        over snapshot: Snapshot?
    ) throws -> (files: [LakeFiles], removed: [AddFile]) {
        let writer = shape.writer(table: log.table)
        let rows = try change.rows.map {
            try writer.write(shape.complete($0), on: connection, now: now, input: input)
        }
        guard let rows, let snapshot, let present = change.replaced else {
            return (rows.map { [$0] } ?? [], change.removed)
        }
        let leaving = present.files(replacedBy: rows.adds)
        guard let foreign = foreignRows(of: snapshot, in: leaving).first else {
            return ([rows], change.removed + leaving)
        }
        do {
            let kept = try writer.write(foreign, on: connection, now: now)
            return ([rows, kept], change.removed + leaving)
        } catch {
            rows.discard()
            throw error
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
        guard !replaced.isEmpty else { return TableChange(rows: union(incoming), removed: []) }
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
        return TableChange(rows: union(parts), removed: removed + touched)
    }

    /// Mode `upsert`: for each key the row of the greatest sequencer stays.
    private func merged(
        _ incoming: [String],
        by keys: UpsertKeys,
        _ snapshot: Snapshot
    ) throws -> TableChange {
        guard let rows = try combined(incoming, by: keys) else {
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
    private func files(
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
    func combined(_ parts: [String], by keys: UpsertKeys) throws -> String? {
        switch settings.mode {
        case .upsert: union(parts).map { keys.newest(of: $0) }
        case .replacePartitions: try newestOfPartitions(parts)
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
