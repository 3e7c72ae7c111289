public import Events

/// Watches the buckets of one buckets folder and tells which objects change.
///
/// A thread of its own sets watches, then scans, then follows the kernel's notifications, so that
/// nothing falls between: each object that is complete is told of at least once, as often as it
/// changes, and perhaps more often. What a notification cannot tell or the kernel loses ends in a
/// scan. Files that are not finished are told of as `held` and again once they are. There is one watch in a process at a time: another begins when it has ended.
public final class BucketWatch: Sendable {
    /// What happens, from the start; for one receiver, once.
    ///
    /// Ends after ``stop()``.
    public let events: WatchEvents
    private let requests: WatchRequests

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - root: The absolute path of the buckets folder, which must exist.
    ///   - scope: Which folders and objects to look at.
    ///   - known: What was recorded already: scans tell of what differs from it. Without it they tell
    ///     of every file, and of none that is gone.
    ///   - beside: A file outside the buckets whose changes are told of as `noticed`.
    ///   - rescan: The seconds between two scans of folders of which not every change is told.
    ///   - trustsNotifications: Whether the kernel tells of changes; if not, all folders are such.
    /// - Throws: `BucketWatchError` with code `limit`. What keeps the folder from being watched, now
    ///   or later, is thrown by ``events``.
    public convenience init(
        root: String,
        scope: WatchScope,
        known: (any KnownObjects)? = nil,
        beside: String? = nil,
        rescan: Int = 60,
        trustsNotifications: Bool = true
    ) throws(BucketWatchError) {
        let waker = try Waker()
        var pace = WatchPace()
        pace.rescan = Int64(rescan) * 1000
        pace.trustsNotifications = trustsNotifications
        self.init(
            root: root,
            scope: scope,
            known: known,
            beside: beside,
            pace: pace,
            waker: waker
        ) { () throws(BucketWatchError) in try InotifyTools(waker: waker) }
    }

    init(
        root: String,
        scope: WatchScope,
        known: (any KnownObjects)? = nil,
        beside: String? = nil,
        pace: WatchPace,
        waker: Waker,
        notifier makeNotifier:
            @escaping @Sendable () throws(BucketWatchError) -> any FolderNotifier
    ) {
        let channel = EventChannel(capacity: pace.capacity)
        let requests = WatchRequests(waker: waker)
        events = WatchEvents(channel: channel)
        self.requests = requests
        let refusal = Thread.start {
            var failure: BucketWatchError?
            do throws(BucketWatchError) {
                // The kernel's resources go before the receiver is told that the watch has ended.
                try WatchLoop(
                    root: root,
                    scope: scope,
                    knownObjects: known,
                    beside: beside,
                    pace: pace,
                    waker: waker,
                    channel: channel,
                    requests: requests,
                    notifier: makeNotifier
                ).run()
            } catch {
                failure = error
            }
            channel.finish(failure)
        }
        guard refusal != 0 else { return }
        channel.finish(
            BucketWatchError(
                code: .limit,
                operation: "start a thread",
                detail: String(errno: refusal)
            )
        )
    }

    deinit { stop() }

    /// Asks for a scan of everything; it is told of as `scanStarted` and `scanFinished`.
    public func rescan() { requests.scan() }

    /// Asks for a look at a file that changes between being told of and being read.
    public func look(at key: ObjectKey) { requests.look(at: key) }

    /// Asks for a mark behind everything that has happened on disk before this call.
    ///
    /// - Returns: The ticket that ``WatchEvent/settled(_:)`` will carry.
    public func settle() -> SettleTicket { requests.settle() }

    /// Ends the watch.
    ///
    /// ``events`` ends when the thread has let go of the kernel's resources, and events that were
    /// not received yet are dropped.
    public func stop() {
        requests.end()
        events.channel.close()
    }
}

/// The events of a ``BucketWatch``, in order, for one receiver.
public struct WatchEvents: AsyncSequence, Sendable {
    let channel: EventChannel

    /// Waits for the events one by one.
    public func makeAsyncIterator() -> Iterator { Iterator(channel: channel) }

    /// Waits for events.
    public struct Iterator: AsyncIteratorProtocol {
        let channel: EventChannel

        /// The next event; nil when the watch was stopped or the task is cancelled.
        ///
        /// - Throws: What ended the watch.
        public mutating func next() async throws(BucketWatchError) -> WatchEvent? {
            try await next(isolation: nil)
        }

        /// The next event; nil when the watch was stopped or the task is cancelled.
        ///
        /// - Throws: What ended the watch.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(BucketWatchError) -> WatchEvent? {
            switch await channel.next() {
            case .event(let event): return event
            case .end(let failure):
                if let failure { throw failure }
                return nil
            }
        }
    }
}
