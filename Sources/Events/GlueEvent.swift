/// The event a crawler trigger sends when a run of the crawler has ended for one table.
///
/// Numbers in `detail` are text, as the real service sends them.
/// Source: AWS Glue Developer Guide, "EventBridge events", with the fields of Sluice beside them.
public struct GlueEvent: Sendable, Codable, Equatable {
    /// `0`.
    public var version = "0"
    /// A UUID.
    public var id: String
    /// `Glue Crawler State Change`.
    public var detailType = "Glue Crawler State Change"
    /// `aws.glue`.
    public var source = "aws.glue"
    /// `000000000000`.
    public var account = "000000000000"
    /// ISO 8601 in UTC.
    public var time: String
    /// `us-east-1`.
    public var region = "us-east-1"
    /// Empty.
    public var resources: [String] = []
    /// What happened.
    public var detail: Detail

    /// What a crawler's run did to one table.
    public struct Detail: Sendable, Codable, Equatable {
        /// The crawler: the function's name.
        public var crawlerName: String
        /// `Succeeded` or `Failed`.
        public var state: String
        /// What happened, for a reader.
        public var message: String
        /// `000000000000`.
        public var accountId = "000000000000"
        /// How long the run took, in seconds.
        public var runningTime: String
        /// When it ended, ISO 8601 in UTC.
        public var completionDate: String
        /// Always `0`; the catalog entry tells what changed.
        public var tablesCreated = "0"
        /// Always `0`; the catalog entry tells what changed.
        public var tablesUpdated = "0"
        /// Always `0`.
        public var tablesDeleted = "0"
        /// Always `0`.
        public var partitionsCreated = "0"
        /// Always `0`.
        public var partitionsUpdated = "0"
        /// Always `0`.
        public var partitionsDeleted = "0"
        /// `N/A` or a warning.
        public var warningMessage = "N/A"
        /// Where the run's log is.
        public var cloudWatchLogLink = ""
        /// The table.
        public var table: String
        /// The function that the event comes from, as `crawlerName`.
        public var functionName: String
        /// The least version of the catalog entry that knows these objects' columns.
        public var catalogVersion: Int
        /// The manifests, as they lie in stage-2.
        public var objects: [ManifestReference]

        /// Puts the detail of one table together.
        public init(
            crawlerName: String,
            state: String,
            message: String,
            runningTime: String,
            completionDate: String,
            table: String,
            catalogVersion: Int,
            objects: [ManifestReference]
        ) {
            self.crawlerName = crawlerName
            self.state = state
            self.message = message
            self.runningTime = runningTime
            self.completionDate = completionDate
            self.table = table
            functionName = crawlerName
            self.catalogVersion = catalogVersion
            self.objects = objects
        }

        private enum CodingKeys: String, CodingKey {
            case crawlerName
            case state
            case message
            case accountId
            case runningTime = "runningTime (sec)"
            case completionDate
            case tablesCreated
            case tablesUpdated
            case tablesDeleted
            case partitionsCreated
            case partitionsUpdated
            case partitionsDeleted
            case warningMessage
            case cloudWatchLogLink
            case table
            case functionName
            case catalogVersion
            case objects
        }
    }

    /// Makes the event of a detail.
    public init(id: String, time: String, detail: Detail) {
        self.id = id
        self.time = time
        self.detail = detail
    }

    private enum CodingKeys: String, CodingKey {
        case version
        case id
        case detailType = "detail-type"
        case source
        case account
        case time
        case region
        case resources
        case detail
    }
}
