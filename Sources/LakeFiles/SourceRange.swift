public import DeltaTable
public import Events

/// What a file's statistics say of its column `_source`.
public struct SourceRange {
    private var least: String?
    private var greatest: String?
    private var nulls: Int64?
    private var leastSequencer: Int64?
    private var greatestSequencer: Int64?

    /// Reads the statistics of a file; without any, it may hold anything.
    public init(_ file: AddFile) {
        guard let text = file.stats, let stats = try? JSONValue(parsing: text) else { return }
        least = stats["minValues"]?["_source"]?.string
        greatest = stats["maxValues"]?["_source"]?.string
        nulls = stats["nullCount"]?["_source"]?.integer
        leastSequencer = stats["minValues"]?["_seq"]?.integer
        greatestSequencer = stats["maxValues"]?["_seq"]?.integer
    }

    /// The one source of all rows; nil when there are several, or it is not known.
    public var only: String? { least == greatest && nulls == 0 ? least : nil }

    /// The one sequencer of all rows; nil when there are several, or it is not known.
    public var onlySequencer: Sequencer? {
        guard let leastSequencer, leastSequencer == greatestSequencer, leastSequencer > 0 else {
            return nil
        }
        return Sequencer(rawValue: UInt64(leastSequencer))
    }

    /// Whether there may be rows without a source, which other writers added.
    public var mayHoldNull: Bool { nulls != 0 }

    /// Whether there may be rows of a source.
    public func mayHold(_ source: String) -> Bool {
        guard let least, let greatest else { return true }
        // Statistics compare bytes, and may be cut: a cut greatest value is a prefix then.
        let bytes = Array(source.utf8)
        return !bytes.lexicographicallyPrecedes(least.utf8)
            && (!greatest.utf8.lexicographicallyPrecedes(bytes) || source.hasPrefix(greatest))
    }
}
