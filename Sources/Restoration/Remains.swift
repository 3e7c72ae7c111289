public import Events
public import FunctionConfig
public import Ledger
public import Verification

/// What is there when a ledger is lost, each part read by itself, for ``Restoration``.
public struct Remains: Sendable {
    /// The settings that tell which trigger each object sets off.
    public var config: FunctionConfig
    /// Plain files.
    public var folders: FolderFacts
    /// The states of files, of those that have not changed since they were read for `folders`.
    public var identities: [ObjectKey: FileIdentity]
    /// When reading the folders began, in microseconds since 1970.
    public var readAt: Int64
    /// Lake tables by name: their logs.
    public var lake: [String: LakeFacts]
    /// The warehouse: its tables and its load history.
    public var warehouse: WarehouseFacts
    /// The greatest sequencer that the names of folders and the lake's logs tell.
    public var floor: Sequencer

    /// Puts the parts together.
    public init(
        config: FunctionConfig,
        folders: FolderFacts,
        identities: [ObjectKey: FileIdentity],
        readAt: Int64,
        lake: [String: LakeFacts],
        warehouse: WarehouseFacts,
        floor: Sequencer
    ) {
        self.config = config
        self.folders = folders
        self.identities = identities
        self.readAt = readAt
        self.lake = lake
        self.warehouse = warehouse
        self.floor = floor
    }
}
