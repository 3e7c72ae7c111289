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
    let notifier: any FolderNotifier
    let channel: EventChannel
    private let requests: WatchRequests

    var tree = FolderTree()
    var batch = ChangeBatch()
    /// The watch on the folder of the file beside the buckets.
    var besideWatch: Int32?
    /// Files that somebody has open for writing, with the time in milliseconds from which on
    /// another look is worth its while.
    var beingWritten: [ObjectKey: Int64] = [:]
    /// What was recorded, while a scan compares with it.
    var known: KnownFiles?
    var limitIsKnown = false
    private var nextLook: Int64 = 0
    private var nextInterval: Int64 = 0
    private var tickets: [(ticket: SettleTicket, bytesBefore: Int)] = []

    init(
        root: String,
        scope: WatchScope,
        knownObjects: (any KnownObjects)?,
        beside: String?,
        pace: WatchPace,
        notifier: any FolderNotifier,
        channel: EventChannel,
        requests: WatchRequests
    ) {
        self.root = root
        self.scope = scope
        self.knownObjects = knownObjects
        self.beside = beside
        self.pace = pace
        self.notifier = notifier
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
                if !tree.unwatched.isEmpty { scanUnwatched() }
                let backlog = notifier.backlog
                tickets += asked.tickets.map { ($0, backlog) }
            }
            let isIdle = try drain()
            lookAgain()
            flush()
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
        try notifier.restart()
        tree = FolderTree()
        beingWritten = [:]
        try scanAll(reason)
    }

    // MARK: - What no notification tells

    /// Looks at files that were open for writing, and at folders that are not watched, when due.
    private func lookAgain() {
        let now = Self.monotonicMilliseconds()
        if !beingWritten.isEmpty, now >= nextLook {
            for (key, due) in beingWritten where due <= now {
                guard let stamp = FileStamp(path: path(of: key)) else {
                    beingWritten[key] = nil
                    continue
                }
                if OpenForWriting.isOpen(path(of: key), stamp: stamp, now: Self.now()) { continue }
                beingWritten[key] = nil
                batch.append(
                    ObjectChange(key: key, kind: .created, evidence: .scan, stamp: stamp)
                )
            }
            nextLook = now + pace.openFiles
        }
        if tree.unwatched.isEmpty {
            nextInterval = now + pace.unwatchedFolders
        } else if now >= nextInterval {
            scanUnwatched()
            nextInterval = now + pace.unwatchedFolders
        }
    }

    private func waitingTime() -> Int32? {
        let now = Self.monotonicMilliseconds()
        let look = beingWritten.isEmpty ? nil : max(0, nextLook - now)
        let interval = tree.unwatched.isEmpty ? nil : max(0, nextInterval - now)
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
