import Events
import Ledger
import TestSupport

/// A ledger of its own, with a clock that a test sets.
struct ScratchLedger {
    let folder: ScratchFolder
    let ledger: Ledger

    init() throws {
        folder = try ScratchFolder()
        ledger = try Ledger(path: folder.path("ledger.sqlite"))
    }

    static let failure = HandlerFailure(errorType: "E", errorMessage: "m")

    static func object(
        _ key: String,
        _ eTag: String,
        source: ObjectVersion? = nil,
        function: String = "split",
        refusal: HandlerFailure? = nil
    ) -> ObservedObject {
        ObservedObject(
            key: ObjectKey(bucket: source == nil ? "stage-1" : "stage-2", key: key),
            identity: FileIdentity(
                inode: 1,
                size: 10,
                modifiedNanoseconds: 2,
                changedNanoseconds: 3
            ),
            checkedAt: 4,
            eTag: eTag,
            table: "t",
            source: source,
            notice: .event,
            plans: [
                DeliveryPlan(
                    trigger: "to-\(function)",
                    function: function,
                    isSupersedable: function == "split"
                )
            ],
            refusal: refusal
        )
    }

    /// Records files by key and content.
    @discardableResult
    func drop(_ files: (String, String)..., at now: Int64 = 1000) async throws -> RecordOutcome {
        try await ledger.record(files.map { .present(Self.object($0.0, $0.1)) }, at: now)
    }

    @discardableResult
    func remove(_ key: String) async throws -> RecordOutcome {
        try await ledger.record(
            [.removed(ObjectKey(bucket: "stage-1", key: key), plans: [])],
            at: 2000
        )
    }

    /// Gives deliveries to a run.
    func begin(
        _ run: String,
        _ deliveries: [PendingDelivery],
        at now: Int64 = 3000
    ) async throws -> [LeasedDelivery] {
        let first = deliveries.first
        return try await ledger.begin(
            NewRun(
                requestID: run,
                function: first?.function ?? "",
                trigger: first?.trigger ?? "",
                table: "t",
                logPath: "/log"
            ),
            deliveries: deliveries.map(\.id),
            at: now
        )
    }

    /// Ends a run, every delivery in the same way.
    @discardableResult
    func settle(
        _ run: String,
        _ deliveries: [LeasedDelivery],
        _ outcome: ItemOutcome,
        onSucceeded: [DeliveryPlan] = [],
        onFailed: [DeliveryPlan] = [],
        isCumulative: Bool = false
    ) async throws -> SettleOutcome {
        var end = RunEnd(
            requestID: run,
            outcome: .succeeded,
            durationMicroseconds: 1,
            peakMemory: 1,
            items: deliveries.map { ($0, outcome) }
        )
        end.onSucceeded = onSucceeded
        end.onFailed = onFailed
        end.isCumulative = isCumulative
        end.catalogVersion = 3
        return try await ledger.settle(end, at: 4000)
    }

    /// Runs all that is pending, with one end for all.
    @discardableResult
    func runAll(_ run: String, _ outcome: ItemOutcome) async throws -> SettleOutcome {
        let leased = try await begin(run, try await ledger.pending())
        return try await settle(run, leased, outcome)
    }
}
