/// Something that is not as it must be, addressed to whoever operates Sluice.
public struct Finding: Hashable, Sendable, Codable {
    /// What is wrong, under a name that stays.
    public var code: FindingCode
    /// The table; nil where it concerns none.
    public var table: String?
    /// Where it was seen.
    public var store: Store
    /// The object as `bucket/key`, in most cases the dropped file; nil where it concerns none.
    public var object: String?
    /// The version's sequencer in 16 digits; nil where it concerns none.
    public var sequencer: String?
    /// A file, by its path below the buckets folder; nil where it concerns none.
    public var file: String?
    /// What should be.
    public var expected: String
    /// What is.
    public var found: String
    /// What to do about it.
    public var remedy: String

    /// Where a finding was made.
    public enum Store: String, Sendable, Codable {
        /// `stage-1` and other buckets that triggers watch.
        case stage1 = "stage-1"
        /// Chunks and manifests.
        case stage2 = "stage-2"
        /// Column types.
        case catalog
        /// Delta tables.
        case lake
        /// The warehouse.
        case warehouse
        /// Bad rows.
        case quarantine
        /// Files that `similarity` writes.
        case results
        /// The daemon's memory.
        case ledger
    }

    /// Puts a finding together; its places are set afterwards.
    init(_ code: FindingCode, _ store: Store, expected: String, found: String, remedy: String) {
        self.code = code
        self.store = store
        self.expected = expected
        self.found = found
        self.remedy = remedy
    }

    /// Whether two findings tell of the same thing, perhaps with other figures.
    public func isSame(as other: Finding) -> Bool { identity == other.identity }

    private var identity: [String?] { [code.rawValue, table, store.rawValue, object, file] }
}

extension Finding: CustomStringConvertible {
    /// `MissingRows lake.orders stage-1/orders/a.csv: expected 3 rows, found 2; ...`.
    public var description: String {
        var place = [table.map { "\(store.rawValue).\($0)" } ?? store.rawValue]
        if let object { place.append(sequencer.map { "\(object)@\($0)" } ?? object) }
        if let file { place.append(file) }
        return "\(code.rawValue) \(place.joined(separator: " ")): expected \(expected), found "
            + "\(found); \(remedy)"
    }
}

/// The kinds of findings; `docs/verify.md` explains each.
public enum FindingCode: String, Sendable, Codable, CaseIterable {
    // Rows.
    case missingRows = "MissingRows"
    case doubledRows = "DoubledRows"
    case supersededRows = "SupersededRows"
    case rowsWithoutLoad = "RowsWithoutLoad"
    case loadWithoutRows = "LoadWithoutRows"
    case doubledKey = "DoubledKey"
    case sharedPartition = "SharedPartition"
    case rowsDiffer = "RowsDiffer"
    case unaccountedRecords = "UnaccountedRecords"
    case wrongLoad = "WrongLoad"
    // Versions.
    case missingVersion = "MissingVersion"
    case missingTable = "MissingTable"
    case deadLetterInTable = "DeadLetterInTable"
    // The lake's files.
    case missingLogEntry = "MissingLogEntry"
    case unreadableLog = "UnreadableLog"
    case logEntryDiffers = "LogEntryDiffers"
    case checkpointDiffers = "CheckpointDiffers"
    case missingDataFile = "MissingDataFile"
    case dataFileDiffers = "DataFileDiffers"
    case unreadableDataFile = "UnreadableDataFile"
    case doubledDataFile = "DoubledDataFile"
    case wrongPartitionValue = "WrongPartitionValue"
    case orphanedDataFile = "OrphanedDataFile"
    // The warehouse as a whole.
    case unreadableWarehouse = "UnreadableWarehouse"
    // Chunks and manifests.
    case missingChunk = "MissingChunk"
    case chunkDiffers = "ChunkDiffers"
    case orphanedChunk = "OrphanedChunk"
    case missingManifest = "MissingManifest"
    case manifestDiffers = "ManifestDiffers"
    case unreadableManifest = "UnreadableManifest"
    // Quarantine.
    case missingQuarantine = "MissingQuarantine"
    case quarantineDiffers = "QuarantineDiffers"
    case orphanedQuarantine = "OrphanedQuarantine"
    // Catalog and results.
    case missingCatalogEntry = "MissingCatalogEntry"
    case unreadableCatalogEntry = "UnreadableCatalogEntry"
    case catalogBehind = "CatalogBehind"
    case missingResult = "MissingResult"
    case staleResult = "StaleResult"
    // The ledger against the folders.
    case unnoticedObject = "UnnoticedObject"
    case unnoticedChange = "UnnoticedChange"
    case forgottenObject = "ForgottenObject"
    case forgottenDelivery = "ForgottenDelivery"
    case brokenLedger = "BrokenLedger"
}
