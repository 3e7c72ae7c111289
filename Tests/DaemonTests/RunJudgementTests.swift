import Events
import FunctionConfig
import Invocation
import Ledger
import Testing

@testable import Daemon

@Suite("The end of a run")
struct RunJudgementTests {
    private static let failure = HandlerFailure(errorType: "E", errorMessage: "m")
    private static let now: Int64 = 100_000_000_000

    private func leased(_ number: Int, attempts: Int = 0, age: Int64 = 0) -> LeasedDelivery {
        let sequencer = Sequencer(rawValue: UInt64(number))
        let object = ObjectVersion(
            bucket: "stage-1",
            key: "t/\(number)",
            size: 1,
            eTag: "e",
            sequencer: sequencer
        )
        return LeasedDelivery(
            pending: PendingDelivery(
                id: Int64(number),
                trigger: "t",
                function: "f",
                event: .created,
                table: "t",
                order: sequencer,
                bytes: 1,
                recordedAt: 0
            ),
            object: object,
            source: object,
            sequencer: sequencer,
            hop: 0,
            attempts: attempts,
            firstAttempt: Self.now - age
        )
    }

    private func end(
        _ outcome: InvocationOutcome,
        _ deliveries: [LeasedDelivery],
        isOnce: Bool = false
    ) -> RunEnd {
        let report = InvocationReport(
            requestID: "r",
            outcome: outcome,
            duration: .seconds(1),
            peakMemory: 0,
            logPath: ""
        )
        let function = FunctionSettings(name: "f", handler: "split", concurrency: 1)
        return RunJudgement(function: function, isOnce: isOnce, now: Self.now)
            .end(of: report, deliveries)
    }

    private func items(
        _ outcome: InvocationOutcome,
        _ deliveries: [LeasedDelivery]
    ) -> [ItemOutcome] {
        end(outcome, deliveries).items.map(\.outcome)
    }

    @Test("retries a single object after the delays of its function, then gives it up")
    func counted() {
        let outcome = InvocationOutcome.functionError(Self.failure)
        #expect(
            (0...2).map { items(outcome, [leased(1, attempts: $0)]) } == [
                [.retry(at: Self.now + 60_000_000, Self.failure)],
                [.retry(at: Self.now + 120_000_000, Self.failure)],
                [.dead(Self.failure)],
            ]
        )
    }

    @Test("gives up what is too old, also after `not now`")
    func age() {
        let old = leased(1, age: 21_600_000_001)
        #expect(items(.functionError(Self.failure), [old]) == [.dead(Self.failure)])
        #expect(items(.notNow(Self.failure), [old]) == [.dead(Self.failure)])
        #expect(items(.notNow(Self.failure), [leased(2)]) == [.notNow(Self.failure)])
    }

    @Test("says whether age or the number of tries was the reason")
    func overAge() {
        let old = leased(1, age: 21_600_000_001)
        let worn = leased(1, attempts: 2, age: 21_600_000_001)
        let answer = #"{"batchItemFailures":[{"itemIdentifier":"0000000000000001"}]}"#
        let outcomes: [InvocationOutcome] = [
            .functionError(Self.failure), .timeout(Self.failure), .outOfMemory(Self.failure),
            .success(output: Array(answer.utf8)), .success(output: Array("{".utf8)),
        ]
        for outcome in outcomes {
            #expect(end(outcome, [old]).overAge == [1])
            #expect(end(outcome, [worn]).overAge.isEmpty)
        }
        #expect(end(.notNow(Self.failure), [worn]).overAge == [1])
        #expect(end(.badInput(Self.failure), [old]).overAge.isEmpty)
        let final = #"{"batchItemFailures":[{"itemIdentifier":"0000000000000001","retry":false}]}"#
        #expect(end(.success(output: Array(final.utf8)), [old]).overAge.isEmpty)
    }

    @Test(
        "halves a batch that failed as a whole, counting nothing",
        arguments: [
            InvocationOutcome.functionError(failure), .badInput(failure), .timeout(failure),
            .outOfMemory(failure),
        ]
    )
    func halves(outcome: InvocationOutcome) {
        let batch = (1...5).map { leased($0, attempts: 2) }
        #expect(items(outcome, batch).allSatisfy { $0 == .bisected(limit: 3, Self.failure) })
    }

    @Test("makes bad input a dead letter at once")
    func badInput() {
        #expect(items(.badInput(Self.failure), [leased(1)]) == [.dead(Self.failure)])
    }

    @Test(
        "reads the answer",
        arguments: [
            ("", "done done"), ("handled 2 files", "done done"), ("null", "done done"),
            (#"{"results":[]}"#, "done done"),
            (
                #"{"batchItemFailures":[{"itemIdentifier":"0000000000000002"}]}"#,
                "done retry"
            ),
            (
                #"{"batchItemFailures":[{"itemIdentifier":"0000000000000001","retry":false}]}"#,
                "dead done"
            ),
            (
                #"{"results":[{"sequencer":"0000000000000002","status":"superseded"}]}"#,
                "done superseded"
            ),
            (#"{"batchItemFailures":[]}"#, "done done"),
            (#"{"batchItemFailures":null}"#, "done done"),
            (#"{"anything":1}"#, "done done"),
            (#"{"batchItemFailures":[{"itemIdentifier":"9"}]}"#, "bisected bisected"),
            (#"{"batchItemFailures":[{"itemIdentifier":""}]}"#, "bisected bisected"),
            (#"{"batchItemFailures":[{"itemIdentifier":null}]}"#, "bisected bisected"),
            (#"{"batchItemFailures":[{"itemIdentifier":1}]}"#, "bisected bisected"),
            (#"{"batchItemFailures":[{"identifier":"0000000000000001"}]}"#, "bisected bisected"),
            (#"{"batchItemFailures":[null]}"#, "bisected bisected"),
            (#"{"batchItemFailures":{}}"#, "bisected bisected"),
            (#"{"batchItemFailures":"0000000000000001"}"#, "bisected bisected"),
            (#"{"results":1}"#, "bisected bisected"),
            (
                #"{"batchItemFailures":[{"itemIdentifier":"0000000000000001"},"#
                    + #"{"itemIdentifier":"9"}]}"#, "bisected bisected"
            ),
            (#"{"batchItemFailures":"#, "bisected bisected"),
        ]
    )
    func answers(output: String, expected: String) {
        let outcomes = items(.success(output: Array(output.utf8)), [leased(1), leased(2)])
        let names = outcomes.map { outcome in
            switch outcome {
            case .done: "done"
            case .superseded: "superseded"
            case .retry: "retry"
            case .dead: "dead"
            case .bisected: "bisected"
            case .notNow: "notNow"
            case .interrupted: "interrupted"
            }
        }
        #expect(names.joined(separator: " ") == expected)
    }

    @Test("finds the catalog version that a crawl answers")
    func catalogVersion() {
        let output = #"{"results":[{"table":"u","version":1},{"table":"t","version":5}]}"#
        #expect(end(.success(output: Array(output.utf8)), [leased(1)]).catalogVersion == 5)
    }
}

@Suite("The record of an end")
struct EventRecordTests {
    private static let failure = HandlerFailure(errorType: "E", errorMessage: "m")

    private func record(
        _ outcome: ItemOutcome,
        answer: String = "",
        isAlone: Bool = true,
        isOverAge: Bool = false
    ) throws -> JSONValue? {
        var function = FunctionSettings(name: "f", handler: "./f", concurrency: 1)
        function.onSuccess = .function("g")
        function.onFailure = .function("g")
        let sequencer = Sequencer(rawValue: 1)
        let delivery = LeasedDelivery(
            pending: PendingDelivery(
                id: 1,
                trigger: "t",
                function: "f",
                event: .created,
                table: "t",
                order: sequencer,
                bytes: 1,
                recordedAt: 0
            ),
            object: nil,
            source: nil,
            sequencer: sequencer,
            hop: 0,
            attempts: 1,
            firstAttempt: 0
        )
        let composer = EventRecordComposer(function: function, requestID: "r", now: 0)
        let made = try composer.record(
            of: delivery,
            outcome,
            isAlone: isAlone,
            isOverAge: isOverAge,
            answer: Array(answer.utf8),
            payload: #"{"b":1,"a":2}"#
        )
        return try made.map { try JSONValue(parsing: $0.json) }
    }

    @Test("tells why it was given up, and after how many tries")
    func conditions() throws {
        let old = try #require(try record(.dead(Self.failure), isOverAge: true))
        #expect(old["requestContext"]?["condition"] == "EventAgeExceeded")
        #expect(old["requestContext"]?["approximateInvokeCount"] == 2)
        let worn = try #require(try record(.dead(Self.failure)))
        #expect(worn["requestContext"]?["condition"] == "RetriesExhausted")
        // The event is the handler's, byte by byte.
        #expect(worn["requestPayload"]?.members?.map(\.name) == ["b", "a"])
        #expect(try record(.notNow(Self.failure)) == nil)
        #expect(try record(.interrupted) == nil)
        #expect(try record(.retry(at: 1, Self.failure)) == nil)
    }

    @Test(
        "holds what was answered",
        arguments: [
            ("", true, JSONValue.null), (" \n", true, .null), ("done: 1", true, "done: 1"),
            (#"{"results":[1]}"#, true, ["results": [1]]), ("[1]", true, [1]),
            (#"{"results":[1]}"#, false, ["results": []]),
            (
                #"{"results":[{"sequencer":"0000000000000001"},{"sequencer":"2"}]}"#, false,
                ["results": [["sequencer": "0000000000000001"]]]
            ),
        ] as [(String, Bool, JSONValue)]
    )
    func answers(text: String, isAlone: Bool, expected: JSONValue) throws {
        let made = try #require(try record(.done, answer: text, isAlone: isAlone))
        #expect(made["responsePayload"] == expected)
        let long = String(repeating: "x", count: EventRecordComposer.longestAnswer + 1)
        #expect(try record(.done, answer: long)?["responsePayload"] == .null)
    }
}
