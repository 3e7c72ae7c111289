public import Buckets
public import Catalog
public import DuckDB
public import Events
public import FunctionConfig
public import HandlerRuntime

/// Reads object versions as rows of their table: the one path that `convert` and `load` share.
///
/// Every record is looked at before anything is written, so that bad rows are in quarantine and
/// refusals are known first. Records that a strict reader reads, all of them and all good, are then
/// read by it again straight into the table; any doubt about a version sends its records through
/// `LocatedRecords`, which knows the place of each.
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

    /// Looks at every record of the versions and writes their quarantine files.
    ///
    /// - Throws: `DuckDBError` or `BucketsError` when reading itself fails, `HandlerError` when the
    ///   table has not the columns that its settings need.
    public func prepare(
        _ manifests: [Manifest],
        on connection: borrowing Connection
    ) throws -> PreparedRows {
        let columns: [ColumnType.Field]
        do {
            columns = try self.columns(on: connection)
        } catch let error as DuckDBError {
            guard let transform else { throw error }
            let refusals = manifests.map { transform.refusal($0, error) }
            return PreparedRows(columns: [], versions: [], refusals: refusals)
        }
        let all = try withComputed(columns)
        var prepared = PreparedRows(columns: all, versions: [], refusals: [])
        var counted = try counter.countWholeGroups(manifests, on: connection)
        for manifest in manifests {
            do {
                let version = try prepare(
                    manifest,
                    counted: counted.removeValue(forKey: manifest.source),
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
        counted: ChunkCounter.Finding?,
        columns: [ColumnType.Field],
        on connection: borrowing Connection
    ) throws -> PreparedVersion {
        try counter.checkChunks(manifest)
        let plan = plan(manifest)
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
        if counted?.isGood == true || manifest.records == 0 {
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
                throw transform.refusal(manifest, error)
            }
        }
        version.rejected = quarantine.count
        version.relation = relation(over: typed, manifest: manifest, columns: columns)
        var refusal = refusal(version)
        if refusal == nil {
            refusal = try self.refusal(
                ofPartitionsIn: version,
                estimate: counted?.partitions,
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

    func quarantine(of manifest: Manifest) -> Quarantine {
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

    func relation(
        over typed: String,
        manifest: Manifest,
        columns: [ColumnType.Field]
    ) -> String {
        let rows = transform?.relation(over: typed, columns: columns) ?? typed
        let parted = partitionColumns
        let names = columns.map { column in
            let name = SQL.identifier(column.name)
            // The lake cannot tell an empty text from none in a partition; nor shall the warehouse.
            let isText = column.type == .string && parted.contains(column.name)
            return isText ? "nullif(\(name), '') AS \(name)" : name
        }
        let own = [
            "\(SQL.literal(manifest.source.source)) AS _source",
            "CAST(\(manifest.source.sequencer.column) AS BIGINT) AS _seq",
        ]
        let number = numbersRows ? ["row_number() OVER () AS \"#row\""] : []
        let computed = computedValues(columns)
        return "(SELECT \((names + computed + own + number).joined(separator: ", ")) FROM \(rows))"
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
