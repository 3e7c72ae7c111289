public import Events

/// Where the record of how an event ended goes, see `onSuccess` and `onFailure`.
public enum Destination: Sendable, Equatable {
    /// Another function gets it as its event.
    case function(String)
    /// A file below a folder of a bucket; the prefix is empty or ends with a slash.
    case folder(bucket: String, prefix: String)

    /// Where files of a function's records lie, as `bucket/prefix/function/`; nil for a function.
    public func folder(of function: String) -> String? {
        guard case .folder(let bucket, let prefix) = self else { return nil }
        return "\(bucket)/\(prefix)\(function)/"
    }

    /// The file of a record; nil where it goes to a function.
    ///
    /// One run and one event of it have one name, so that writing the file again changes nothing.
    ///
    /// - Parameters:
    ///   - function: The function whose event ended.
    ///   - requestID: The run that ended it.
    ///   - sequencer: The event's sequencer.
    ///   - time: When the record was made, in microseconds since 1970.
    /// - Returns: `bucket/prefix/function/yyyy/mm/dd/run-sequencer.json`.
    public func file(
        of function: String,
        requestID: String,
        sequencer: Sequencer,
        at time: Int64
    ) -> ObjectKey? {
        let day = UTCTime.iso8601(microseconds: time).prefix(10).replacing("-", with: "/")
        return folder(of: function).flatMap { folder in
            ObjectKey("\(folder)\(day)/\(requestID)-\(sequencer).json")
        }
    }
}

/// The two ends of an event.
public enum EventEnd: String, Sendable, CaseIterable {
    /// The function was done with it.
    case success = "onSuccess"
    /// It became a dead letter.
    case failure = "onFailure"
}

extension FunctionSettings {
    /// Where the record of an end goes; nil where nobody asks for it.
    public func destination(of end: EventEnd) -> Destination? {
        switch end {
        case .success: onSuccess
        case .failure: onFailure
        }
    }

    /// Both destinations, without those that are not there.
    var destinations: [(end: EventEnd, place: Destination)] {
        EventEnd.allCases.compactMap { end in destination(of: end).map { (end, $0) } }
    }

    /// The trigger by which another function gets this one's records, as `convert:onFailure`.
    public func destinationTrigger(of end: EventEnd) -> String { "\(name):\(end.rawValue)" }
}
