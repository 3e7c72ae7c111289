import CInotifyTools
import Events
import Glibc

/// The watch's thread: turns notifications and scans into events.
///
/// Owned by that thread.
final class WatchLoop {
    let root: String
    let scope: WatchScope
    /// What the receiver has recorded; nil tells of everything that a scan finds.
    let knownObjects: (any KnownObjects)?
    /// A file outside the buckets whose changes are told of.
    let beside: String?
    let pace: WatchPace
    private(set) var notifier: any FolderNotifier
    let channel: EventChannel
    private let requests: WatchRequests
    private let makeNotifier: () throws(BucketWatchError) -> any FolderNotifier
    private let waker: Waker

    var tree = FolderTree()
    var batch = ChangeBatch()
    /// The watch on the folder of the file beside the buckets.
    var besideWatch: Int32?
    /// Files that are not taken yet.
    var held = HeldFiles()
    /// What was recorded, while a scan compares with it.
    var known: KnownFiles?
    var toldNotices: [String] = []
    /// Whether a folder is scanned for another reason than when that was told.
    var noticesMayDiffer = false
    var nextInterval: Int64 = 0
    private var tickets: [(ticket: SettleTicket, bytesBefore: Int)] = []

    init(
        root: String,
        scope: WatchScope,
        knownObjects: (any KnownObjects)?,
        beside: String?,
        pace: WatchPace,
        waker: Waker,
        channel: EventChannel,
        requests: WatchRequests,
        notifier makeNotifier: @escaping () throws(BucketWatchError) -> any FolderNotifier
    ) throws(BucketWatchError) {
        self.root = root
        self.scope = scope
        self.knownObjects = knownObjects
        self.beside = beside
        self.pace = pace
        self.waker = waker
        self.makeNotifier = makeNotifier
        notifier = try Self.notifier(makeNotifier, waker)
        self.channel = channel
        self.requests = requests
    }

    /// Watches until it is asked to end, or cannot go on.
    func run() throws(BucketWatchError) {
        try scanAll(.start)
        while true {
            let asked = requests.take()
            if asked.wantsEnd { return }
            if asked.wantsScan { try startOver(.request) }
            if !asked.tickets.isEmpty {
                if !tree.scanned.isEmpty { try scanAtInterval() }
                let backlog = notifier.backlog
                tickets += asked.tickets.map { ($0, backlog) }
            }
            for key in asked.keys { look(at: key) }
            let isIdle = try drain()
            try lookAgain()
            flush()
            if noticesMayDiffer { tellNotices() }
            answerTickets(isIdle: isIdle)
            if isIdle { notifier.wait(milliseconds: waitingTime()) }
        }
    }

    /// Handles what lies ready, at most a batch of it.
    ///
    /// Returns whether nothing is left.
    private func drain() throws(BucketWatchError) -> Bool {
        for _ in 0..<pace.batch {
            guard let notification = notifier.next() else { return true }
            for index in tickets.indices { tickets[index].bytesBefore -= notification.size }
            try handle(notification)
        }
        return false
    }

    /// A ticket is due once as many bytes were handled as lay ready when it came, or none are left:
    /// the kernel keeps notifications in the order of what happened.
    private func answerTickets(isIdle: Bool) {
        while let first = tickets.first, isIdle || first.bytesBefore <= 0 {
            channel.send(.settled(first.ticket))
            tickets.removeFirst()
        }
    }

    /// Sends the changes that have come together.
    func flush() {
        let changes = batch.take()
        if !changes.isEmpty { channel.send(.changes(changes)) }
    }

    /// Loses everything that is known and scans.
    func startOver(_ reason: ScanReason) throws(BucketWatchError) {
        flush()
        do {
            try notifier.restart()
        } catch {
            guard error.code == .limit else { throw error }
            notifier = NoNotifier(waker: waker)
        }
        tree = FolderTree()
        held = HeldFiles()
        try scanAll(reason)
    }

    /// Asks the kernel again for what it refused.
    ///
    /// Returns whether everything was scanned because of it.
    func renewNotifier() throws(BucketWatchError) -> Bool {
        guard notifier is NoNotifier else { return false }
        let renewed = try Self.notifier(makeNotifier, waker)
        guard !(renewed is NoNotifier) else { return false }
        notifier = renewed
        tree = FolderTree()
        held = HeldFiles()
        try scanAll(.request)
        return true
    }

    private static func notifier(
        _ make: () throws(BucketWatchError) -> any FolderNotifier,
        _ waker: Waker
    ) throws(BucketWatchError) -> any FolderNotifier {
        do { return try make() } catch {
            guard error.code == .limit else { throw error }
            return NoNotifier(waker: waker)
        }
    }

    // MARK: - What no notification tells

    /// Looks at files that are held back, and at folders of which not every change is told, when due.
    private func lookAgain() throws(BucketWatchError) {
        for key in held.takeDue(at: Self.monotonicMilliseconds()) { lookAgain(at: key) }
        if !tree.scanned.isEmpty, Self.monotonicMilliseconds() >= nextInterval {
            try scanAtInterval()
        }
    }

    private func scanAtInterval() throws(BucketWatchError) {
        try scanSome()
        nextInterval = Self.monotonicMilliseconds() + pace.rescan
    }

    /// Looks at a file that somebody asks about.
    private func look(at key: ObjectKey) {
        guard scope.includes(key), let stamp = FileStamp(path: path(of: key)) else { return }
        report(key, .scan, stamp, in: FolderPath(of: key))
    }

    private func waitingTime() -> Int32? {
        let now = Self.monotonicMilliseconds()
        let look = held.nextLook.map { max(0, $0 - now) }
        let interval = tree.scanned.isEmpty ? nil : max(0, nextInterval - now)
        return [look, interval].compactMap(\.self).min().map { Int32(clamping: $0) }
    }

    // MARK: - Paths and clocks

    /// The absolute path of a folder.
    func path(of folder: FolderPath) -> String {
        folder == .root ? root : root + "/" + folder.text.text
    }

    /// The absolute path of an object.
    func path(of key: ObjectKey) -> String { root + "/" + key.description }

    /// The wall clock in nanoseconds, to compare with stamps.
    static func now() -> Int64 { time(of: CLOCK_REALTIME) }

    /// A clock that only goes forward.
    static func monotonicMilliseconds() -> Int64 { time(of: CLOCK_MONOTONIC) / 1_000_000 }

    private static func time(of clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.nanoseconds
    }
}
