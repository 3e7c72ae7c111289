import Events
import FoundationEssentials
import FunctionConfig
import Invocation
import Ledger

/// Says what the end of a run means for each of its deliveries; performs nothing itself.
struct RunJudgement {
    let function: FunctionSettings
    let isOnce: Bool
    /// Microseconds since 1970.
    let now: Int64

    /// How long an object that is not what its event says may take to be digested anew.
    private static let recheckDelay: Int64 = 3_000_000

    /// The end of a run as the ledger keeps it, but for what it triggers.
    func end(of report: InvocationReport, _ deliveries: [LeasedDelivery]) -> RunEnd {
        let duration = report.duration / .microseconds(1)
        var end = RunEnd(
            requestID: report.requestID,
            outcome: .succeeded,
            exitCode: report.exitCode,
            signal: report.signal,
            durationMicroseconds: Int64(duration),
            peakMemory: report.peakMemory,
            failure: report.outcome.failure,
            items: []
        )
        judge(report, deliveries, &end)
        return end
    }

    private func judge(
        _ report: InvocationReport,
        _ deliveries: [LeasedDelivery],
        _ end: inout RunEnd
    ) {
        switch report.outcome {
        case .success(let output): answered(output, deliveries, &end)
        case .badInput(let failure):
            end.outcome = .input
            end.items = whole(deliveries, failure) { _ in .dead(failure) }
        case .notNow(let failure):
            end.outcome = .notNow
            end.items = deliveries.map { delivery in
                (delivery, isTooOld(delivery) ? .dead(failure) : .notNow(failure))
            }
            end.overAge = Set(deliveries.filter(isTooOld).map(\.id))
        case .functionError(let failure):
            end.outcome = .error
            fail(deliveries, failure, &end)
        case .timeout(let failure):
            end.outcome = .timeout
            fail(deliveries, failure, &end)
        case .outOfMemory(let failure):
            end.outcome = .memory
            fail(deliveries, failure, &end)
        case .interrupted:
            end.outcome = .interrupted
            end.items = deliveries.map { ($0, .interrupted) }
        }
    }

    /// A failure of the run as a whole that counts.
    private func fail(
        _ deliveries: [LeasedDelivery],
        _ failure: HandlerFailure,
        _ end: inout RunEnd
    ) {
        end.items = whole(deliveries, failure) { counted($0, failure) }
        end.overAge = overAge(deliveries)
    }

    /// Those that would be tried again if they were not too old.
    private func overAge(_ deliveries: [LeasedDelivery]) -> Set<Int64> {
        let old = deliveries.filter { $0.attempts < function.retries && isTooOld($0) }
        return Set(old.map(\.id))
    }

    // MARK: - Exit 0

    private func answered(_ output: [UInt8], _ deliveries: [LeasedDelivery], _ end: inout RunEnd) {
        let result: HandlerResult
        do {
            result = try HandlerResult(standardOutput: Data(output))
        } catch {
            // Only what begins like an answer has to be one: a script may print what it likes.
            guard output.first(where: { !Self.isSpace($0) }) == UInt8(ascii: "{") else {
                end.items = deliveries.map { ($0, .done) }
                return
            }
            refuse("standard output begins with { and is no result: \(error)", deliveries, &end)
            return
        }
        end.answers = result.results
        if output.count <= 65_536 { end.result = String(decoding: output, as: UTF8.self) }
        let sent = Set(deliveries.map(\.sequencer.description))
        if let unknown = result.batchItemFailures.first(where: { !sent.contains($0.itemIdentifier) }
        ) {
            refuse(
                "itemIdentifier `\(unknown.itemIdentifier)` is no sequencer of the event",
                deliveries,
                &end
            )
            return
        }
        let superseded = superseded(result)
        let failures = Dictionary(
            result.batchItemFailures.map { ($0.itemIdentifier, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        end.catalogVersion = Self.catalogVersion(result, table: deliveries.first?.pending.table)
        end.items = deliveries.map { delivery in
            let identifier = delivery.sequencer.description
            if superseded.contains(identifier) {
                return (delivery, .superseded(recheckAt: now + Self.recheckDelay))
            }
            guard let item = failures[identifier] else { return (delivery, .done) }
            let failure = HandlerFailure(errorType: item.errorType, errorMessage: item.errorMessage)
            return (delivery, item.retry ? counted(delivery, failure) : .dead(failure))
        }
        end.overAge = overAge(
            deliveries.filter { failures[$0.sequencer.description]?.retry == true }
        )
    }

    private func refuse(_ reason: String, _ deliveries: [LeasedDelivery], _ end: inout RunEnd) {
        let failure = HandlerFailure(
            errorType: "Function.InvalidResponse",
            errorMessage: "\(function.name): \(reason); correct the handler"
        )
        end.outcome = .error
        end.failure = failure
        fail(deliveries, failure, &end)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    /// The sequencers of objects that `split` found to be other than the event says.
    ///
    /// They are entries of `results` with `"status": "superseded"`; of other handlers that is an end
    /// like any other.
    private func superseded(_ result: HandlerResult) -> Set<String> {
        guard function.handler == "split" else { return [] }
        let answered = result.results.filter { $0["status"]?.string == "superseded" }
        return Set(answered.compactMap { $0["sequencer"]?.string })
    }

    /// The version a crawl answers for its table.
    private static func catalogVersion(_ result: HandlerResult, table: String?) -> Int? {
        let entry = result.results.first { $0["table"]?.string == table } ?? result.results.first
        return (entry?["version"] ?? entry?["catalogVersion"])?.integer.map(Int.init)
    }

    // MARK: - Everything else

    /// A single delivery's failure is its own; several are run again in halves.
    private func whole(
        _ deliveries: [LeasedDelivery],
        _ failure: HandlerFailure,
        _ single: (LeasedDelivery) -> ItemOutcome
    ) -> [(LeasedDelivery, ItemOutcome)] {
        if deliveries.count == 1 { return deliveries.map { ($0, single($0)) } }
        let half = (deliveries.count + 1) / 2
        return deliveries.map { ($0, .bisected(limit: half, failure)) }
    }

    private func counted(_ delivery: LeasedDelivery, _ failure: HandlerFailure) -> ItemOutcome {
        guard delivery.attempts < function.retries, !isTooOld(delivery) else {
            return .dead(failure)
        }
        let delays = function.retryDelays
        let seconds = delays.isEmpty ? 0 : delays[min(delivery.attempts, delays.count - 1)]
        return .retry(at: now + Int64(isOnce ? min(seconds, 1) : seconds) * 1_000_000, failure)
    }

    private func isTooOld(_ delivery: LeasedDelivery) -> Bool {
        now - delivery.firstAttempt > Int64(function.maxEventAge) * 1_000_000
    }
}
