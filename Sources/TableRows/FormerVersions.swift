import Buckets
import Catalog
public import DuckDB
import Events
import FunctionConfig
public import HandlerRuntime

/// What a table in mode `replace` becomes when the version that it was is taken out of it.
public struct FormerVersions {
    private let reader: TableReader
    private let context: HandlerContext
    private let finder: ColumnFinder
    private let removed: [VersionHistory.Version]

    /// Looks for versions that `reader` reads, because of `removed`.
    public init(
        reader: TableReader,
        context: HandlerContext,
        removed: [VersionHistory.Version]
    ) {
        self.reader = reader
        self.context = context
        self.removed = removed
        finder = ColumnFinder(settings: reader.settings, context: context)
    }

    /// The accepted version of the greatest sequencer, ready to be written.
    ///
    /// Versions that a newer one had overtaken before they were loaded are in no history, so those
    /// count that are in stage-2.
    ///
    /// - Parameters:
    ///   - known: The versions that the table had at some time.
    ///   - history: The table's history after the removals.
    ///   - connection: Reads them, now and later.
    /// - Returns: The one version; nil when there is none.
    /// - Throws: `VersionRefusal` when the version's text is gone, or its rows are good no longer.
    public func newest(
        known: Set<VersionHistory.Version>,
        history: VersionHistory,
        on connection: borrowing Connection
    ) throws -> PreparedRows? {
        let text = EarlierText(
            settings: reader.settings,
            context: context,
            for: .rowsBack(removed.map(\.source))
        )
        for name in try candidates(known, history) {
            let isKnown = known.contains(name)
            let manifests = try text.manifests(of: [name])
            if !isKnown, try !manifests.allSatisfy({ try isCrawled($0, on: connection) }) {
                continue
            }
            let prepared = try reader.prepare(manifests, on: connection)
            guard let refusal = prepared.refusals.first else { return prepared }
            if isKnown { throw refusal }
        }
        return nil
    }

    /// Every version that no removal has ended, newest first.
    private func candidates(
        _ known: Set<VersionHistory.Version>,
        _ history: VersionHistory
    ) throws -> [VersionHistory.Version] {
        let staged = try Manifest.versions(ofTable: reader.settings.name, in: context.buckets)
        let all = history.removing(staged.filter(\.isRemoval).map(\.name)).removals
        let names = known.union(staged.filter { !$0.isRemoval }.map(\.name))
        return names.filter { $0.sequencer > all[$0.source] ?? -1 }
            .sorted { $0.sequencer > $1.sequencer }
    }

    /// Whether the catalog can hold a version: another one is still to be crawled, and comes by itself.
    private func isCrawled(
        _ manifest: Manifest,
        on connection: borrowing Connection
    ) throws -> Bool {
        let found: [CrawledColumn]
        do {
            found = try finder.columns(of: [manifest], on: connection)
        } catch is VersionRefusal {
            return false
        }
        let needed = finder.merged([found], into: reader.entry)
        return needed.count == reader.entry.columns.count
            && reader.entry.columns.allSatisfy { column in
                needed.first { $0.name == column.name }?.type == column.type
            }
    }
}
