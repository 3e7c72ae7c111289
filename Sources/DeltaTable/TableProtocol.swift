/// What a client must know to read or write a table.
///
/// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#protocol-evolution
public struct TableProtocol: Codable, Equatable, Sendable {
    /// The least reader version.
    public let minReaderVersion: Int
    /// The least writer version.
    public let minWriterVersion: Int
    /// What readers of version 3 must know.
    public let readerFeatures: [String]?
    /// What writers of version 7 must know.
    public let writerFeatures: [String]?

    /// Reader version 1 and writer version 2: what Sluice's own tables ask for.
    public static let ours = TableProtocol(minReaderVersion: 1, minWriterVersion: 2)

    /// A protocol action.
    public init(
        minReaderVersion: Int,
        minWriterVersion: Int,
        readerFeatures: [String]? = nil,
        writerFeatures: [String]? = nil
    ) {
        self.minReaderVersion = minReaderVersion
        self.minWriterVersion = minWriterVersion
        self.readerFeatures = readerFeatures
        self.writerFeatures = writerFeatures
    }

    private static let readable: Set = ["timestampNtz", "vacuumProtocolCheck"]
    private static let writable: Set = ["appendOnly", "invariants"]

    /// Refuses a table that Sluice cannot read in full.
    func requireReadable(table: String) throws(DeltaError) {
        let unknown = Set(readerFeatures ?? []).subtracting(Self.readable)
        if minReaderVersion == 1 || (minReaderVersion == 3 && unknown.isEmpty) { return }
        throw DeltaError(
            .unsupported,
            step: "read \(table)",
            detail: Self.reason("reader version \(minReaderVersion)", unknown)
        )
    }

    /// Refuses a table whose rules Sluice cannot keep when it writes.
    func requireWritable(table: String) throws(DeltaError) {
        try requireReadable(table: table)
        let unknown = Set(writerFeatures ?? []).subtracting(Self.writable)
        if minWriterVersion <= 2 || (minWriterVersion == 7 && unknown.isEmpty) { return }
        throw DeltaError(
            .unsupported,
            step: "write \(table)",
            detail: Self.reason("writer version \(minWriterVersion)", unknown)
        )
    }

    private static func reason(_ version: String, _ features: Set<String>) -> String {
        let named = features.isEmpty ? "" : " with \(features.sorted().joined(separator: ", "))"
        return "it asks for \(version)\(named), and Sluice knows reader version 1 and writer "
            + "version 2; use another tool for it or write the table anew"
    }
}
