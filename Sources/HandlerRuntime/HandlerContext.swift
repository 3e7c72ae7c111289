public import Buckets
public import Events
public import FunctionConfig

/// What a handler knows of its invocation.
public struct HandlerContext: Sendable {
    /// What happened; nil for a handler that does not ask.
    public let event: HandlerEvent?
    /// The function's name; the program's own when it runs by hand.
    public let functionName: String
    /// The invocation's UUID.
    public let requestID: String
    /// When the run is ended, in milliseconds since 1970; nil by hand.
    public let deadlineMilliseconds: Int64?
    /// The memory the run may use, in MiB.
    public let memory: Int
    /// The settings.
    public let config: FunctionConfig
    /// The buckets.
    public let buckets: BucketsFolder
    /// Variables of the function's own, such as `CHUNK_BYTES`.
    public let environment: [String: String]

    /// A folder for this run alone; removed when the handler ends.
    public var scratchFolder: String { buckets.scratchFolder + "/" + requestID }

    /// The objects of a bucket event.
    ///
    /// - Throws: `HandlerError` of kind `failure` when the event is of another kind.
    public func objectRecords() throws(HandlerError) -> [S3Record] {
        guard case .objects(let event) = event else {
            throw .failure(
                "WrongEvent",
                "\(functionName) takes S3 events; give its trigger a `bucket`"
            )
        }
        return event.records
    }

    /// The end of a crawler's run.
    ///
    /// - Throws: `HandlerError` of kind `failure` when the event is of another kind.
    public func crawlerDetail() throws(HandlerError) -> GlueEvent.Detail {
        guard case .crawler(let event) = event else {
            throw .failure(
                "WrongEvent",
                "\(functionName) takes Glue crawler events; give its trigger a `crawler`"
            )
        }
        return event.detail
    }
}
