public import FoundationEssentials

/// What a handler gets on its standard input.
public enum HandlerEvent: Sendable, Equatable {
    /// Objects of a bucket.
    case objects(S3Event)
    /// The end of a crawler's run.
    case crawler(GlueEvent)
    /// A point in time.
    case schedule(ScheduledEvent)
    /// Tables that a person asks to work on.
    case tables(TablesEvent)

    /// Reads an event by its shape.
    ///
    /// - Throws: `HandlerEventError` that says what was expected when it is none of the four.
    public init(json: some DataProtocol) throws {
        let data = Data(json)
        let decoder = JSONDecoder()
        let shape: Shape
        do {
            shape = try decoder.decode(Shape.self, from: data)
            if shape.records != nil {
                self = .objects(try decoder.decode(S3Event.self, from: data))
            } else if shape.detailType == "Glue Crawler State Change" {
                self = .crawler(try decoder.decode(GlueEvent.self, from: data))
            } else if shape.detailType == "Scheduled Event" {
                self = .schedule(try decoder.decode(ScheduledEvent.self, from: data))
            } else if Self.namesTables(data) {
                self = .tables(try decoder.decode(TablesEvent.self, from: data))
            } else {
                throw HandlerEventError(
                    detail: "it has neither `Records` nor a known `detail-type`"
                )
            }
        } catch let error as DecodingError {
            throw HandlerEventError(detail: error.plainDescription)
        }
    }

    /// The event as JSON, one line.
    public func json() throws -> Data {
        switch self {
        case .objects(let event): try JSONText.encode(event)
        case .crawler(let event): try JSONText.encode(event)
        case .schedule(let event): try JSONText.encode(event)
        case .tables(let event): try JSONText.encode(event)
        }
    }

    /// Whether it is an object of nothing but what is asked of tables.
    private static func namesTables(_ data: Data) -> Bool {
        let value = try? JSONValue(parsing: String(decoding: data, as: UTF8.self))
        return value?.members?.allSatisfy { TablesEvent.names.contains($0.name) } ?? false
    }

    private struct Shape: Decodable {
        var records: [Empty]?
        var detailType: String?

        struct Empty: Decodable {}

        enum CodingKeys: String, CodingKey {
            case records = "Records"
            case detailType = "detail-type"
        }
    }
}

/// Why standard input holds no event.
public struct HandlerEventError: Error, Equatable, CustomStringConvertible {
    /// What is wrong with it.
    public let detail: String

    /// One line for the person who wrote the event.
    public var description: String {
        "the event cannot be read: \(detail); expected an S3 event, a Glue crawler event or a "
            + "scheduled event as JSON (`sluice event put BUCKET/KEY` prints one), or {\"tables\": [...]}"
    }
}
