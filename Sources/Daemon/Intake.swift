import BucketWatch
import Buckets
import Events
import FunctionConfig
import Ledger
import Logging

/// Turns what the watch tells into versions and deliveries in the ledger.
///
/// Files are read on threads of their own, large ones apart from the others; all changes that the
/// watch hands over together are recorded in one transaction.
actor Intake {
    private let reader: ObjectReader
    private let config: FunctionConfig
    private let ledger: Ledger
    private let dispatcher: Dispatcher
    private let watch: BucketWatch
    private let logger: Logger
    private let persistence: Persistence

    private let smallFiles = WorkThread(name: "sluice.files")
    private let largeFiles = WorkThread(name: "sluice.large-files")
    /// Large files, and files that changed while they were read.
    private let large = AsyncStream.makeStream(of: Candidate.self)
    private var largeCount = 0
    private var settleWaiters: [SettleTicket: CheckedContinuation<Void, Never>] = [:]
    private var largeWaiters: [CheckedContinuation<Void, Never>] = []
    private var openSince: [ObjectKey: Int64] = [:]
    private var unreadables = UnreadableFiles()
    /// After which time to look at files again that could not be read.
    private let later = AsyncStream.makeStream(of: Duration.self)
    private var hasEnded = false

    /// A key that has to be looked at.
    private struct Candidate: Sendable {
        var key: ObjectKey
        var notice: Notice
        /// Its place in the order of arrival, where others may overtake it while it is read.
        var sequencer: Sequencer?
        /// How often it changed while it was read.
        var changes = 0
    }

    /// How often a file that changes while it is read is read anew.
    ///
    /// After that the end of its writer tells of it again.
    private static let patience = 5

    init(
        buckets: BucketsFolder,
        config: FunctionConfig,
        ledger: Ledger,
        dispatcher: Dispatcher,
        watch: BucketWatch,
        logger: Logger
    ) {
        reader = ObjectReader(buckets: buckets)
        self.config = config
        self.ledger = ledger
        self.dispatcher = dispatcher
        self.watch = watch
        self.logger = logger
        persistence = Persistence(logger: logger)
    }

    /// Takes in what the watch tells until the task is cancelled.
    func run() async throws {
        defer { end() }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for try await event in self.watch.events { try await self.take(event) }
                if !Task.isCancelled { throw DaemonError.watchEnded }
            }
            tasks.addTask {
                for await candidate in self.large.stream { try await self.takeLarge(candidate) }
            }
            tasks.addTask {
                for await pause in self.later.stream {
                    try await Task.sleep(for: pause)
                    try await self.readUnreadable()
                }
            }
            try await tasks.next()
            tasks.cancelAll()
        }
    }

    /// Returns once everything that happened on disk before this call is recorded; false when the
    /// intake has ended before.
    func quiesce() async -> Bool {
        guard !hasEnded else { return false }
        let ticket = watch.settle()
        await withCheckedContinuation { settleWaiters[ticket] = $0 }
        if largeCount > 0 { await withCheckedContinuation { largeWaiters.append($0) } }
        return !hasEnded
    }

    /// Files that somebody has open for writing, with the time of the first notice in microseconds
    /// since 1970.
    func openFiles() -> [ObjectKey: Int64] { openSince }

    /// Looks at objects again that are not what the ledger says.
    func lookAgain(_ keys: [ObjectKey]) async throws {
        try await take(keys.map { Candidate(key: $0, notice: .event) })
    }

    // MARK: - What the watch tells

    private func take(_ event: WatchEvent) async throws {
        switch event {
        case .changes(let changes): try await take(changes)
        case .folderGone(let folder):
            let below = folder.key.isEmpty ? "" : folder.key + "/"
            openSince = openSince.filter { key, _ in
                key.bucket != folder.bucket || !key.key.hasPrefix(below)
            }
            let gone = try await persistence.keep { [ledger] in
                try await ledger.presentKeys(
                    inBucket: folder.bucket,
                    below: folder.key.isEmpty ? nil : folder.key
                )
            }
            try await take(
                gone.map { Candidate(key: .init(bucket: folder.bucket, key: $0), notice: .scan) }
            )
        case .refused(let name):
            logger.warning(
                "name refused",
                metadata: ["object.path": "\(name.path)", "reason": "\(name.reason)"]
            )
            try await refuse(path: name.path, reason: name.reason)
        case .scanStarted(let reason):
            if reason == .overflow {
                logger.warning("notifications were lost; the buckets are scanned")
            }
            if reason != .interval {
                try await persistence.keep { [ledger] in try await ledger.forgetRefusedNames() }
            }
        case .scanFinished: break
        case .settled(let ticket): settleWaiters.removeValue(forKey: ticket)?.resume()
        case .noticed: await dispatcher.settingsWereTouched()
        case .degraded(let reason): logger.warning("\(reason)")
        }
    }

    private func take(_ changes: [ObjectChange]) async throws {
        var candidates: [Candidate] = []
        let isLarge = { (change: ObjectChange) in
            (change.stamp?.size ?? 0) >= ObjectReader.large
        }
        // Reading a large file takes long; what arrives after it still has to be numbered after it.
        var reserved: ArraySlice<Sequencer> = []
        if changes.contains(where: isLarge) {
            let now = UTCTime.nowMicroseconds()
            reserved = try await persistence.keep { [ledger] in
                try await ledger.reserveSequencers(changes.count, at: now)[...]
            }
        }
        for change in changes {
            let sequencer = reserved.popFirst()
            if change.kind == .opened {
                openSince[change.key] = openSince[change.key] ?? UTCTime.nowMicroseconds()
                continue
            }
            openSince[change.key] = nil
            let notice: Notice = change.evidence == .scan ? .scan : .event
            let candidate = Candidate(key: change.key, notice: notice, sequencer: sequencer)
            if isLarge(change) {
                setApart(candidate)
            } else {
                candidates.append(candidate)
            }
        }
        try await take(candidates)
    }

    private func setApart(_ candidate: Candidate) {
        largeCount += 1
        large.continuation.yield(candidate)
    }

    private func takeLarge(_ candidate: Candidate) async throws {
        if candidate.changes > 0 { try? await Task.sleep(for: .milliseconds(200)) }
        defer {
            largeCount -= 1
            if largeCount == 0 {
                for waiter in largeWaiters { waiter.resume() }
                largeWaiters = []
            }
        }
        try await read([candidate], on: largeFiles)
    }

    private func take(_ candidates: [Candidate]) async throws {
        guard !candidates.isEmpty else { return }
        try await read(candidates, on: smallFiles)
    }

    // MARK: - Reading and recording

    private func read(_ candidates: [Candidate], on thread: WorkThread) async throws {
        let keys = candidates.map(\.key)
        let known = try await persistence.keep { [ledger] in try await ledger.known(keys) }
        let findings = await thread.perform { [reader] in
            candidates.map { reader.find($0.key, known: known[$0.key], notice: $0.notice) }
        }
        var changes: [ObservedChange] = []
        for (candidate, finding) in zip(candidates, findings) {
            if let change = try await change(candidate, finding) { changes.append(change) }
        }
        guard !changes.isEmpty else { return }
        let now = UTCTime.nowMicroseconds()
        let outcome = try await persistence.keep { [changes, ledger] in
            try await ledger.record(changes, at: now)
        }
        await dispatcher.recorded(outcome, at: now)
    }

    private func change(
        _ candidate: Candidate,
        _ finding: ObjectReader.Finding
    ) async throws -> ObservedChange? {
        let key = candidate.key
        switch finding {
        case .known: return nil
        case .unstable:
            var again = candidate
            again.changes += 1
            again.sequencer = nil
            if again.changes <= Self.patience { setApart(again) }
            return nil
        case .gone: return .removed(key, plans: plans(key, .removed))
        case .unreadable(let reason):
            try await refuseUnreadable(key, reason)
            return nil
        case .read(let identity, let checkedAt, let eTag, let manifest):
            let origin = try await origin(of: key, identity)
            return .present(
                ObservedObject(
                    key: key,
                    identity: identity,
                    checkedAt: checkedAt,
                    eTag: eTag,
                    table: config.table(of: key),
                    source: manifest?.source,
                    notice: candidate.notice,
                    sequencer: candidate.sequencer,
                    hop: origin.hop,
                    causedBy: origin.requestID,
                    plans: plans(key, .created),
                    refusal: try await refusal(key, origin)
                )
            )
        }
    }

    private func plans(_ key: ObjectKey, _ event: DeliveryEvent) -> [DeliveryPlan] {
        let retracts = event == .removed && config.retractsDeleted(key)
        return config.triggers(for: key, eventName: event.rawValue).map { trigger in
            let splits = config.function(named: trigger.function)?.handler == "split"
            return DeliveryPlan(
                trigger: trigger.id,
                function: trigger.function,
                isSupersedable: splits && !retracts,
                retracts: splits && retracts
            )
        }
    }

    private func refusal(
        _ key: ObjectKey,
        _ origin: (hop: Int, requestID: String?)
    ) async throws -> HandlerFailure? {
        guard origin.hop > HopTracker.limit, let requestID = origin.requestID else { return nil }
        let report = LoopReport(ledger: ledger)
        return try await persistence.keep {
            try await report.failure(endingIn: requestID, key.description, hops: origin.hop)
        }
    }

    /// Which run an object comes from: the file of a record names it, others are known by their time.
    private func origin(
        of key: ObjectKey,
        _ identity: FileIdentity
    ) async throws -> (hop: Int, requestID: String?) {
        if let run = config.run(ofRecord: key),
            let hop = try await persistence.keep({ [ledger] in try await ledger.hop(ofRun: run) })
        {
            return (hop + 1, run)
        }
        return dispatcher.origin(of: key, changedAt: identity.changedNanoseconds / 1000)
    }

    private func refuse(path: String, reason: String) async throws {
        try await persistence.keep { [ledger] in
            try await ledger.refuse(path: path, reason: reason)
        }
    }

    // MARK: - Files that cannot be read

    /// Files that could not be read when they were looked at last, with the reason.
    ///
    /// Nothing tells when they can: they are looked at again after a while.
    var unreadable: [ObjectKey: String] { unreadables.reasons }

    private func refuseUnreadable(_ key: ObjectKey, _ reason: String) async throws {
        if let pause = unreadables.note(key, reason) { later.continuation.yield(pause) }
        guard unreadables.isNews(key) else { return }
        let path = reader.buckets.path(of: key)
        logger.warning(
            "object cannot be read; it is tried again",
            metadata: ["object.key": "\(key)", "reason": "\(path): \(reason)"]
        )
        try await refuse(path: key.description, reason: "it cannot be read: \(reason)")
    }

    private func readUnreadable() async throws {
        let keys = unreadables.takeAll()
        try await take(keys.map { Candidate(key: $0, notice: .event) })
        let mended = keys.filter { unreadables.reasons[$0] == nil }
        guard !mended.isEmpty else { return }
        unreadables.forget(mended)
        try await persistence.keep { [ledger] in
            try await ledger.forgetRefused(paths: mended.map(\.description))
        }
    }

    private func end() {
        hasEnded = true
        for waiter in settleWaiters.values { waiter.resume() }
        settleWaiters = [:]
        for waiter in largeWaiters { waiter.resume() }
        largeWaiters = []
    }
}
