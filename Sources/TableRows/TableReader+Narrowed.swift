public import Buckets
import Catalog
public import DuckDB
public import Events
import FunctionConfig
import HandlerRuntime

/// What goes on of versions for which a table cannot get wider columns.
public struct NarrowedReading: Sendable {
    /// Reads versions with the types that the table has.
    public var reader: TableReader
    /// The versions that these types hold.
    public var fitting: [Manifest]
    /// The versions that need wider ones.
    public var others: [Manifest]
}

extension TableReader {
    /// Finds the versions that do not need the wider types that the catalog has by now.
    ///
    /// For a table whose rows cannot be converted again: versions that fit what it has are not held
    /// up by the one that does not. `crawl` would have left the table's types as they are for them.
    ///
    /// - Parameters:
    ///   - manifests: The versions.
    ///   - connection: Reads them.
    ///   - isPresent: Whether the table has a column with this type, or none of this name.
    /// - Returns: nil when the table's types are those of no version of the catalog entry.
    /// - Throws: `DuckDBError` or `BucketsError` when reading itself fails.
    public func narrowed(
        _ manifests: [Manifest],
        on connection: borrowing Connection,
        to isPresent: (ColumnType.Field) throws -> Bool
    ) throws -> NarrowedReading? {
        guard let reader = try narrowed(on: connection, to: isPresent) else { return nil }
        let finder = ColumnFinder(settings, buckets: buckets, scratchFolder: scratchFolder)
        var reading = NarrowedReading(reader: reader, fitting: [], others: [])
        for manifest in manifests {
            let found: [CrawledColumn]
            do {
                found = try finder.columns(of: [manifest], on: connection)
            } catch is VersionRefusal {
                reading.others.append(manifest)
                continue
            }
            let needed = finder.merged([found], into: reader.entry)
            let fits = reader.entry.columns.allSatisfy { column in
                needed.first { $0.name == column.name }?.type == column.type
            }
            if fits { reading.fitting.append(manifest) } else { reading.others.append(manifest) }
        }
        return reading
    }

    private func narrowed(
        on connection: borrowing Connection,
        to isPresent: (ColumnType.Field) throws -> Bool
    ) throws -> TableReader? {
        var reader = self
        guard transform != nil else {
            guard let entry = try entry.narrowed(to: isPresent) else { return nil }
            reader.entry = entry
            return reader
        }
        // The table's columns come from the statement, so its types tell whether the source fits.
        for entry in entry.earlier {
            reader.entry = entry
            guard let columns = try? reader.columns(on: connection) else { continue }
            if try columns.allSatisfy(isPresent) { return reader }
        }
        return nil
    }
}
