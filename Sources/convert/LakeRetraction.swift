import Buckets
import DeltaTable
import DuckDB
import Events
import FunctionConfig
import LakeFiles
import TableRows

/// What a commit does that takes the rows of removed files out of a lake table.
struct LakeRetraction {
    /// The rows to write and the files that leave.
    private(set) var change = TableChange(rows: nil, removed: [])
    /// The table's columns afterwards.
    private(set) var shape: TableShape
    /// Whether the columns may be others than before.
    private(set) var bringsColumns = false
    /// The versions that become part of the table by this.
    private(set) var returned: [PreparedVersion] = []
    /// What was read for it.
    private(set) var prepared: PreparedRows

    private let removals: [VersionHistory.Version]
    private let snapshot: Snapshot
    /// The table's history, with the removals.
    private let history: VersionHistory
    /// The versions whose rows leave.
    private let ended: Set<VersionHistory.Version>
    /// The files that have such rows alone.
    private var emptied: [AddFile] = []
    /// The files that have such rows beside others.
    private var mixed: [AddFile] = []

    /// Decides, and reads what comes back.
    ///
    /// - Throws: `VersionRefusal` when that cannot be had.
    init(
        _ removals: [VersionHistory.Version],
        from snapshot: Snapshot,
        _ history: VersionHistory,
        by conversion: borrowing Conversion
    ) throws {
        self.removals = removals
        self.snapshot = snapshot
        self.history = history.removing(removals)
        ended = history.ended(by: removals)
        shape = TableShape(of: snapshot, settings: conversion.settings)
        prepared = try conversion.reader.prepare([], on: conversion.connection)
        try findFiles(conversion)
        switch conversion.settings.mode {
        case .replace where history.contributing.contains(where: ended.contains):
            try fallBack(history, conversion)
        case .append, .replace: try takeOut(conversion, back: [])
        case .upsert, .replacePartitions: try bringBack(conversion)
        }
    }

    /// SQL that holds for rows that leave; null for rows of other programs.
    private var leaves: String {
        "(\(removals.map(\.leaves).joined(separator: " OR ")))"
    }

    private mutating func findFiles(_ conversion: borrowing Conversion) throws {
        let sources = Set(removals.map(\.source))
        let staying = Set(history.versions.map(\.source)).intersection(sources)
        var unsure: [AddFile] = []
        for file in snapshot.files {
            let range = SourceRange(file)
            guard sources.contains(where: range.mayHold) else { continue }
            if let only = range.only, sources.contains(only), !staying.contains(only) {
                emptied.append(file)
            } else {
                unsure.append(file)
            }
        }
        mixed = try conversion.files(unsure, of: snapshot) { rows in
            "SELECT 1 FROM (\(rows)) WHERE \(leaves) LIMIT 1"
        }
    }

    /// How many rows of each file leave.
    func rowCounts(by conversion: borrowing Conversion) throws -> [String: Int64] {
        guard !(emptied + mixed).isEmpty else { return [:] }
        let rows = LakeRelation.query(
            of: snapshot,
            table: conversion.log.table,
            files: emptied + mixed,
            columns: ["_source", "_seq"]
        )
        let found = try conversion.connection.rows(
            "SELECT _source, count(*) FROM (\(rows)) WHERE \(leaves) GROUP BY _source"
        )
        return Dictionary(
            found.map { ($0[0].string ?? "", Int64($0[1].int ?? 0)) },
            uniquingKeysWith: +
        )
    }

    /// The rows that leave, with some of their columns.
    private func lost(_ columns: [String], _ table: String) -> String {
        let files = emptied + mixed
        let names = Array(Set(columns + ["_source", "_seq"]))
        let rows = LakeRelation.query(of: snapshot, table: table, files: files, columns: names)
        let list = columns.map { SQL.identifier($0) }.joined(separator: ", ")
        return "SELECT DISTINCT \(list) FROM (\(rows)) WHERE \(leaves)"
    }

    /// Writes what stays of mixed files, and `back`.
    private mutating func takeOut(
        _ conversion: borrowing Conversion,
        back: [String]
    ) throws {
        var parts = back
        if !mixed.isEmpty {
            let rows = LakeRelation.query(
                of: snapshot,
                table: conversion.log.table,
                files: mixed
            )
            parts.append("SELECT * FROM (\(rows)) WHERE NOT coalesce(\(leaves), false)")
        }
        change = TableChange(rows: conversion.union(parts), removed: emptied + mixed)
    }

    /// Mode `replace`: the version before becomes the table.
    private mutating func fallBack(
        _ before: VersionHistory,
        _ conversion: borrowing Conversion
    ) throws {
        let former = try FormerVersions(
            reader: conversion.reader,
            context: conversion.context,
            removed: removals
        ).newest(known: before.versions, history: history, on: conversion.connection)
        let foreign = conversion.foreignRows(of: snapshot)
        guard let former else {
            change = TableChange(rows: conversion.union(foreign), removed: snapshot.files)
            return
        }
        prepared = former
        returned = former.versions
        shape = conversion.shape(former.columns, over: snapshot)
        bringsColumns = true
        change = TableChange(
            rows: conversion.union(conversion.selects(of: returned) + foreign),
            removed: snapshot.files
        )
    }

    /// Rows come back that had given way, from the text of the versions that they are of.
    ///
    /// Those of versions that are newer than all that leave have never given way to them.
    private mutating func bringBack(_ conversion: borrowing Conversion) throws {
        let newest = ended.map(\.sequencer).max() ?? 0
        let earlier = history.versions.filter { $0.sequencer < newest }
        guard !earlier.isEmpty, !(emptied + mixed).isEmpty else {
            try takeOut(conversion, back: [])
            return
        }
        let reader = try conversion.fittingReader(of: snapshot)
        let columns = try (reader ?? conversion.reader).prepare([], on: conversion.connection)
            .columns
        shape = conversion.shape(columns, over: snapshot)
        bringsColumns = true
        let isWhole = !shape.changed.isEmpty
        let text = EarlierText(
            settings: conversion.settings,
            context: conversion.context,
            for: .rowsBack(removals.map(\.source))
        )
        let needed = isWhole ? history.contributing : Array(earlier)
        let manifests = try text.manifests(of: needed.sorted { $0.sequencer < $1.sequencer })
        let used = isWhole ? conversion.reader : reader ?? conversion.reader
        prepared = try used.prepare(manifests, on: conversion.connection)
        if let lost = prepared.refusals.first { throw lost }
        let keys = UpsertKeys(conversion.settings.keys, columns: prepared.columns)
        let rows = conversion.selects(of: prepared.versions, by: used)
        if isWhole {
            let combined = try conversion.combined(rows, of: prepared.versions, by: keys)
            let foreign = conversion.foreignRows(of: snapshot)
            change = TableChange(
                rows: conversion.union((combined.map { [$0] } ?? []) + foreign),
                removed: snapshot.files
            )
        } else {
            let back = try back(rows, keys, conversion)
            try takeOut(conversion, back: back.map { [$0] } ?? [])
        }
    }

    /// SQL of the rows that take the place of those that leave.
    private func back(
        _ rows: [String],
        _ keys: UpsertKeys,
        _ conversion: borrowing Conversion
    ) throws -> String? {
        guard let all = conversion.union(rows) else { return nil }
        let isUpsert = conversion.settings.mode == .upsert
        let columns =
            isUpsert
            ? conversion.settings.keys.map { String($0.prefix { $0 != "." }) }
            : snapshot.metadata.partitionColumns
        let places = PartitionRows(columns)
        try conversion.connection.execute(
            "CREATE OR REPLACE TEMP TABLE lost AS \(lost(columns, conversion.log.table))"
        )
        let match = isUpsert ? keys.match : places.match
        let wanted =
            "SELECT * FROM (\(all)) new WHERE EXISTS (SELECT 1 FROM lost old WHERE \(match))"
        if isUpsert { return keys.newest(of: wanted) }
        try conversion.connection.execute(
            "CREATE OR REPLACE TEMP TABLE newest AS \(places.newest(of: wanted))"
        )
        return places.rows(wanted, newestIn: "newest")
    }
}

extension Conversion {
    /// The table's shape after a commit of rows with these columns.
    func shape(_ columns: [ColumnType.Field], over snapshot: Snapshot) -> TableShape {
        TableShape(settings: settings, entry: reader.entry, columns: columns, snapshot: snapshot)
    }

    /// Reads versions with the types that the table has, which the catalog may have left behind;
    /// nil where it has had no such types.
    func fittingReader(of snapshot: Snapshot) throws -> TableReader? {
        try reader.narrowed([], on: connection) { field in
            snapshot.schema[field.name].map { $0.type == DeltaType(field.type) } ?? true
        }?.reader
    }
}
