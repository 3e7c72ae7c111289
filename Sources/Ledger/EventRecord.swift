public import Events

/// The record of how a delivery ended, and where it goes.
public struct EventRecord: Sendable, Equatable {
    /// Where a record goes.
    public enum Place: Sendable, Equatable {
        /// A file that somebody has to write.
        case file(ObjectKey)
        /// The event of a delivery to a function; with a refusal, a dead letter from the start.
        case function(DeliveryPlan, refusal: HandlerFailure?)
    }

    /// The record, as JSON.
    public var json: String
    /// `Success`, `RetriesExhausted` or `EventAgeExceeded`.
    public var condition: String
    /// Where it goes.
    public var place: Place

    /// Puts a record together.
    public init(json: String, condition: String, place: Place) {
        self.json = json
        self.condition = condition
        self.place = place
    }
}

/// A record whose file is not known to be written.
public struct UnwrittenRecord: Sendable, Equatable {
    /// Its number.
    public var sequencer: Sequencer
    /// The file.
    public var file: ObjectKey
    /// What it holds.
    public var json: String
}

/// A record, as the story of an object names it.
public struct RecordedRecord: Sendable, Equatable {
    /// `Success`, `RetriesExhausted` or `EventAgeExceeded`.
    public var condition: String
    /// The run that ended the delivery.
    public var requestID: String
    /// The file, or the function, that it went to.
    public var place: String
    /// How far it has come: `written`, `not written yet`, or the state of its delivery.
    public var state: String
}
