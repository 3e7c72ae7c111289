public import Buckets
public import Catalog
public import DuckDB
import Events
public import FunctionConfig
public import HandlerRuntime

/// Reads object versions as rows of their table: the one path that `convert` and `load` share.
///
/// Every record is looked at before anything is part of a table, so that bad rows are in quarantine and
/// refusals are known first. Records that a strict reader reads, all of them and all good, are read by
/// it straight into the table; any doubt about a version sends its records through `LocatedRecords`,
/// which knows the place of each.
public struct TableReader: Sendable {
    /// The table's settings.
    public let settings: TableSettings
    /// The table's catalog entry.
    public internal(set) var entry: TableEntry

    let buckets: BucketsFolder
    let scratchFolder: String
    let functionName: String
    let transform: Transform?
    let numbersRows: Bool
    private let storable: StorableValues

    /// Makes a reader for the run of a handler.
    ///
    /// - Parameters:
    ///   - settings: The table's settings.
    ///   - entry: The table's catalog entry.
    ///   - context: The run: its buckets and scratch folder, and the function whose quarantine it is.
    ///   - numbersRows: Whether relations end with `#row`.
    /// - Throws: `HandlerError` when the file of the table's `transform` cannot be read.
    public init(
        settings: TableSettings,
        entry: TableEntry,
        context: HandlerContext,
        numbersRows: Bool
    ) throws(HandlerError) {
        self.settings = settings
        self.entry = entry
        self.numbersRows = numbersRows
        storable = StorableValues(context.config.warehouse)
        buckets = context.buckets
        scratchFolder = context.scratchFolder
        functionName = context.functionName
        transform = try settings.transform.map { path throws(HandlerError) in
            try Transform(
                path: path,
                source: entry.columns.map(\.name),
                keys: settings.keys,
                storable: StorableValues(context.config.warehouse)
            )
        }
    }

    /// Whether versions can be looked at while they are written: each is read once, and all of them
    /// count.
    public func canProveInPassing(_ manifests: [Manifest]) -> Bool {
        guard transform == nil, !settings.mode.countsAllVersions else { return false }
        return manifests.count == 1
            || settings.mode == .append && Set(manifests.map(\.source.key)).count == manifests.count
    }

    /// Looks at every record of the versions and writes their quarantine files.
    ///
    /// - Parameters:
    ///   - manifests: The versions.
    ///   - connection: Reads them, now and later.
    ///   - inPassing: Whether versions that seem good are looked at only while they are written, see
    ///     ``canProveInPassing(_:)`` and ``PreparedRows/areProven(_:)``. When that shows otherwise, or
    ///     what is written fails with an error of ``isAboutContent(_:)``, all of it has to be dropped
    ///     and the versions prepared anew. Whether they have too many partitions is not looked at.
    /// - Returns: What can be written, and what is refused.
    /// - Throws: `DuckDBError` or `BucketsError` when reading itself fails, `HandlerError` when the
    ///   table has not the columns that its settings need.
    public func prepare(
        _ manifests: [Manifest],
        on connection: borrowing Connection,
        inPassing: Bool = false
    ) throws -> PreparedRows {
        let columns: [ColumnType.Field]
        do {
            columns = try self.columns(on: connection)
        } catch let error as DuckDBError {
            // A full disk is no fault of the statement.
            guard let transform, HandlerError(error).kind != .notNow else { throw error }
            let refusals = manifests.map { transform.refusal($0, error) }
            return PreparedRows(columns: [], versions: [], refusals: refusals)
        }
        let all = try withComputed(columns)
        var prepared = PreparedRows(columns: all, versions: [], refusals: [])
        if inPassing { prepared.tally = try RowTally(connection) }
        var place = 0
        let counted = inPassing ? [:] : try counter.countWholeGroups(manifests, on: connection)
        for manifest in manifests {
            var chunks: WholeChunks?
            if inPassing ? counter.isPlain(manifest) : counted[manifest.source]?.isGood == true {
                chunks = WholeChunks(plan: plan(manifest), files: counter.paths(manifest))
                chunks?.tally = prepared.tally
                chunks?.place = inPassing ? place : nil
                place += manifest.chunks.count
            }
            do {
                let version = try prepare(
                    manifest,
                    chunks,
                    partitions: inPassing ? 0 : counted[manifest.source]?.partitions,
                    columns: columns,
                    on: connection
                )
                prepared.versions.append(version)
            } catch let refusal as VersionRefusal {
                prepared.refusals.append(refusal)
            }
        }
        return prepared
    }

    /// The table's columns without those that are computed for partitions.
    func columns(on connection: borrowing Connection) throws -> [ColumnType.Field] {
        try transform?.columns(of: fields, on: connection) ?? fields
    }

    private func prepare(
        _ manifest: Manifest,
        _ chunks: WholeChunks?,
        partitions: Int?,
        columns: [ColumnType.Field],
        on connection: borrowing Connection
    ) throws -> PreparedVersion {
        try counter.checkChunks(manifest)
        let plan = chunks?.plan ?? plan(manifest)
        var quarantine = Quarantine.Writer(
            quarantine(of: manifest)
        )
        var version = PreparedVersion(
            manifest: manifest,
            rows: manifest.records,
            rejected: 0,
            relation: ""
        )
        let typed: String
        if let chunks, manifest.records > 0 {
            typed = Self.typed([(chunks, manifest)])
            version.chunks = transform == nil ? chunks : nil
        } else if manifest.records == 0 {
            typed = plan.typed(over: counter.wholeChunks(manifest))
        } else {
            let located = try LocatedRecords(
                manifest,
                buckets: buckets,
                scratchFolder: scratchFolder
            ) { try quarantine.add($0) }
            try findBadRows(located, plan, manifest, into: &quarantine, on: connection)
            version.rows = manifest.records - quarantine.count
            typed = "(SELECT * FROM \(plan.typed(over: located.relation)) WHERE \"#bad\" IS NULL)"
        }
        if let transform {
            do {
                let rows = try transform.count(
                    over: typed,
                    columns,
                    manifest,
                    &quarantine,
                    connection
                )
                version.rows = rows
            } catch let error as DuckDBError {
                if HandlerError(error).kind == .notNow { throw error }
                throw transform.refusal(manifest, error)
            }
        }
        version.rejected = quarantine.count
        version.relation = relation(over: typed, columns: columns, [manifest.source])
        var refusal = refusal(version)
        if refusal == nil {
            refusal = try self.refusal(
                ofPartitionsIn: version,
                estimate: partitions,
                on: connection
            )
        }
        try quarantine.finish(isRefused: refusal != nil)
        if let refusal { throw refusal }
        return version
    }

    func plan(_ manifest: Manifest) -> ColumnPlan {
        ColumnPlan(manifest, entry: entry, settings: settings, storable: storable)
    }

    /// Where the bad rows of a version are.
    public func quarantine(of manifest: Manifest) -> Quarantine {
        Quarantine(
            source: manifest.source,
            table: settings.name,
            function: functionName,
            buckets: buckets
        )
    }

    var counter: ChunkCounter {
        var counter = ChunkCounter(buckets: buckets, plan: plan)
        if transform == nil {
            counter.partitionColumns = settings.partitionBy
            counter.computedValues = computedValues(fields)
        }
        return counter
    }

    /// The columns of the catalog: before a `transform`, without computed ones, `_source` and `_seq`.
    var fields: [ColumnType.Field] {
        entry.columns.map { ColumnType.Field(name: $0.name, type: $0.type) }
    }

    /// Whether an error tells of the content of files, so that they have to be looked at one by one.
    public static func isAboutContent(_ message: String) -> Bool {
        ChunkCounter.isAboutContent(message)
    }

    /// What `onError` and the table's mode say of a version with these figures.
    private func refusal(_ version: PreparedVersion) -> VersionRefusal? {
        let manifest = version.manifest
        let total = manifest.records
        let good = total - version.rejected
        let place = quarantine(of: manifest).path
        func refusal(_ type: String, _ message: String) -> VersionRefusal {
            VersionRefusal(
                source: manifest.source,
                type: type,
                message: "\(manifest.source.source): \(message)"
            )
        }
        if total == 0, settings.mode == .replace {
            return refusal(
                "EmptyFile",
                "it has no rows and would replace the whole table; drop a file with rows"
            )
        }
        if total > 0, good <= 0 {
            return refusal(
                "NoGoodRow",
                "none of its \(total) records is a row of \(settings.name); see \(place), correct "
                    + "the file or the table's columns"
            )
        }
        if settings.onError.refuses(bad: version.rejected, of: total) {
            return refusal(
                "TooManyBadRows",
                "\(version.rejected) of \(total) records are no rows of \(settings.name), more than "
                    + "`onError` allows; see \(place), correct the file or the setting"
            )
        }
        return nil
    }
}
