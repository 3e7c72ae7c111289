import Events
import FoundationEssentials
import FunctionConfig
import Invocation
import Ledger

/// Makes the records that a function's `onSuccess` and `onFailure` get, in the shape of Lambda's.
///
/// See "Configuring destinations for asynchronous invocation" in Lambda's documentation.
struct EventRecordComposer {
    /// A longer answer is left out of a record.
    static let longestAnswer = 262_144

    let function: FunctionSettings
    let requestID: String
    /// Microseconds since 1970.
    let now: Int64

    /// The record of one delivery's end; nil where nobody asks for it, or it is no end.
    ///
    /// - Parameters:
    ///   - delivery: The delivery.
    ///   - outcome: What the run did to it.
    ///   - isAlone: Whether the run had no other.
    ///   - isOverAge: Whether it is given up because of its age.
    ///   - answer: What the handler wrote to standard output, if it ended well.
    ///   - payload: The event, as JSON, with this delivery alone.
    /// - Returns: The end, what the record calls it, and the record.
    /// - Throws: `EncodingError`.
    func record(
        of delivery: LeasedDelivery,
        _ outcome: ItemOutcome,
        isAlone: Bool,
        isOverAge: Bool,
        answer: [UInt8]?,
        payload: String
    ) throws -> (end: EventEnd, condition: String, json: String)? {
        let end: EventEnd
        let condition: String
        let response: String
        switch outcome {
        case .done:
            (end, condition) = (.success, "Success")
            response = try answered(answer ?? [], delivery, isAlone: isAlone)
        case .dead(let failure):
            end = .failure
            condition = isOverAge ? "EventAgeExceeded" : "RetriesExhausted"
            response = try Self.text(failure)
        default: return nil
        }
        guard function.destination(of: end) != nil else { return nil }
        let request: [(String, String)] = [
            ("requestId", try Self.text(requestID)),
            (
                "functionArn",
                try Self.text(
                    "arn:aws:lambda:us-east-1:000000000000:function:\(function.name):$LATEST"
                )
            ),
            ("condition", try Self.text(condition)),
            ("approximateInvokeCount", "\(delivery.attempts + 1)"),
        ]
        var context = [("statusCode", "200"), ("executedVersion", "\"$LATEST\"")]
        if end == .failure { context.append(("functionError", "\"Unhandled\"")) }
        let json = Self.object([
            ("version", "\"1.0\""),
            ("timestamp", try Self.text(UTCTime.iso8601(microseconds: now))),
            ("requestContext", Self.object(request)), ("requestPayload", payload),
            ("responseContext", Self.object(context)), ("responsePayload", response),
        ])
        return (end, condition, json)
    }

    /// What the handler answered; of several deliveries only what names this one.
    private func answered(
        _ answer: [UInt8],
        _ delivery: LeasedDelivery,
        isAlone: Bool
    ) throws -> String {
        guard answer.count <= Self.longestAnswer else { return "null" }
        let text = String(decoding: answer, as: UTF8.self)
        guard let value = try? JSONValue(parsing: text) else {
            let isBlank = text.allSatisfy(\.isWhitespace)
            return isBlank ? "null" : try Self.text(text)
        }
        guard !isAlone else { return try Self.text(value) }
        let names = [delivery.sequencer.description, delivery.pending.order.description]
        let own = (value["results"]?.array ?? []).filter { entry in
            entry["sequencer"]?.string.map(names.contains) == true
        }
        return try Self.text(JSONValue.object([.init(name: "results", value: .array(own))]))
    }

    private static func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONText.encode(value), as: UTF8.self)
    }

    /// An object whose members keep their order; the values are JSON already.
    private static func object(_ members: [(name: String, json: String)]) -> String {
        "{" + members.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ",") + "}"
    }
}
