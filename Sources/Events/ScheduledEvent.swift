/// The event a schedule trigger sends: EventBridge's "Scheduled Event".
public struct ScheduledEvent: Sendable, Codable, Equatable {
    /// `0`.
    public var version = "0"
    /// A UUID.
    public var id: String
    /// `Scheduled Event`.
    public var detailType = "Scheduled Event"
    /// `aws.events`.
    public var source = "aws.events"
    /// `000000000000`.
    public var account = "000000000000"
    /// The time it was due, ISO 8601 in UTC, in whole seconds.
    public var time: String
    /// `us-east-1`.
    public var region = "us-east-1"
    /// The rule: the trigger's id as an ARN.
    public var resources: [String]
    /// Empty, as the real service sends it.
    public var detail: [String: String] = [:]

    /// The event of a trigger that was due at a time in microseconds since 1970.
    public init(id: String, trigger: String, microseconds: Int64) {
        self.id = id
        time = UTCTime.iso8601(microseconds: microseconds).prefix(19) + "Z"
        resources = ["arn:aws:events:us-east-1:000000000000:rule/\(trigger)"]
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
