/// The event a bucket trigger sends: S3's notification, version 2.1.
///
/// Source: Amazon S3 User Guide, "Event message structure".
public struct S3Event: Sendable, Codable, Equatable {
    /// The objects, at least one.
    public var records: [S3Record]

    /// Makes an event of records.
    public init(records: [S3Record]) { self.records = records }

    private enum CodingKeys: String, CodingKey { case records = "Records" }
}

/// One object in an S3 event.
public struct S3Record: Sendable, Codable, Equatable {
    /// `2.1`.
    public var eventVersion = "2.1"
    /// `aws:s3`.
    public var eventSource = "aws:s3"
    /// `us-east-1`.
    public var awsRegion = "us-east-1"
    /// ISO 8601 in UTC with milliseconds.
    public var eventTime: String
    /// `ObjectCreated:Put` or `ObjectRemoved:Delete`, without the prefix `s3:` that filters use.
    public var eventName: String
    /// Who did it; always the local user here.
    public var userIdentity = ["principalId": "SLUICE"]
    /// Where the request came from; always this machine.
    public var requestParameters = ["sourceIPAddress": "127.0.0.1"]
    /// Identifies the request that made the event.
    public var responseElements: [String: String] = [:]
    /// Bucket and object.
    public var s3: Entity

    /// The part of a record that names bucket and object.
    public struct Entity: Sendable, Codable, Equatable {
        /// `1.0`.
        public var s3SchemaVersion = "1.0"
        /// The trigger's `id`.
        public var configurationId: String
        /// The bucket.
        public var bucket: Bucket
        /// The object.
        public var object: Object
    }

    /// A bucket as S3 describes it.
    public struct Bucket: Sendable, Codable, Equatable {
        /// The bucket's name.
        public var name: String
        /// The owner.
        public var ownerIdentity = ["principalId": "SLUICE"]
        /// `arn:aws:s3:::` and the name.
        public var arn: String
    }

    /// An object as S3 describes it, with what saves a local handler looking things up.
    public struct Object: Sendable, Codable, Equatable {
        /// The key, URL-encoded as S3 does it: a space is `+`, `/` stays.
        public var key: String
        /// The length in bytes; nil when the object was removed.
        public var size: Int64?
        /// XXH3-128 of the content; nil when the object was removed.
        public var eTag: String?
        /// The version's place in the order of arrival.
        public var sequencer: Sequencer
        /// The key as it is.
        public var urlDecodedKey: String?
        /// The absolute path of the file.
        public var localPath: String?
        /// The table that the object belongs to.
        public var table: String?
        /// Of a removed object: true if its rows are to leave their table.
        public var retract: Bool?
        /// True if what was made of the object before is to be made anew.
        public var replay: Bool?
    }
}

extension S3Record {
    /// The record of a version that was created, or (`removed`) deleted; where `retracts`, its rows
    /// are to leave their table.
    public init(
        version: ObjectVersion,
        removed: Bool = false,
        retracts: Bool = false,
        trigger: String,
        table: String?,
        localPath: String,
        eventTime: String,
        requestID: String
    ) {
        self.eventTime = eventTime
        eventName = removed ? "ObjectRemoved:Delete" : "ObjectCreated:Put"
        responseElements = ["x-amz-request-id": requestID]
        s3 = Entity(
            configurationId: trigger,
            bucket: Bucket(name: version.bucket, arn: "arn:aws:s3:::\(version.bucket)"),
            object: Object(
                key: URLEncodedKey.encode(version.key),
                size: removed ? nil : version.size,
                eTag: removed ? nil : version.eTag,
                sequencer: version.sequencer,
                urlDecodedKey: version.key,
                localPath: localPath,
                table: table,
                retract: retracts ? true : nil
            )
        )
    }

    /// The object's key as it is, whether or not the sender gave `urlDecodedKey`.
    public var decodedKey: String {
        s3.object.urlDecodedKey ?? URLEncodedKey.decode(s3.object.key)
    }

    /// The object as a version; an event by hand may leave size and eTag out (0 and "").
    public var version: ObjectVersion {
        ObjectVersion(
            bucket: s3.bucket.name,
            key: decodedKey,
            size: s3.object.size ?? 0,
            eTag: s3.object.eTag ?? "",
            sequencer: s3.object.sequencer
        )
    }
}
