import Events
import FoundationEssentials
import Glibc
import TestSupport

@testable import BucketWatch

/// A buckets folder with a watch on it, whose events a test takes up to a mark.
final class WatchedFolder {
    let folder: ScratchFolder
    let watch: BucketWatch
    private var events: WatchEvents.Iterator

    /// Watches `folder`; the notifier is libinotifytools unless one is made.
    init(
        _ folder: ScratchFolder,
        prefixes: [String: [String]] = ["stage-1": [""]],
        known: (any KnownObjects)? = nil,
        rules: SettleRules = .none,
        pace: WatchPace = WatchPace(),
        notifier make: @escaping @Sendable (InotifyTools) -> any FolderNotifier = { $0 }
    ) throws {
        self.folder = folder
        let waker = try Waker()
        watch = BucketWatch(
            root: folder.path,
            scope: WatchScope(prefixes: prefixes, wants: { Self.isWanted($0, rules) }) { _ in rules
            },
            known: known,
            pace: pace,
            waker: waker
        ) { () throws(BucketWatchError) in make(try InotifyTools(waker: waker)) }
        events = watch.events.makeAsyncIterator()
    }

    /// A marker is no object of the trigger that asks for it.
    private static func isWanted(_ key: ObjectKey, _ rules: SettleRules) -> Bool {
        let name = key.key.split(separator: "/").last.map(String.init) ?? ""
        return !rules.markers.contains { $0.isName(of: name) }
    }

    /// Takes events up to and including the first that satisfies the condition.
    func take(until isLast: (WatchEvent) -> Bool) async throws -> [WatchEvent] {
        var taken: [WatchEvent] = []
        while let event = try await events.next() {
            taken.append(event)
            if isLast(event) { return taken }
        }
        throw EndOfEvents(taken: taken)
    }

    /// Takes what the first scan finds.
    func start() async throws -> [WatchEvent] {
        try await take { $0 == .scanFinished(.start) }
    }

    /// Takes everything that has happened on disk before this call.
    func settle() async throws -> [WatchEvent] {
        let ticket = watch.settle()
        return try await take { $0 == .settled(ticket) }
    }

    /// Takes events until these objects have all been told of as `created`, and what came with them.
    ///
    /// A file that a test has closed is held open for a moment longer where another test starts a
    /// program just then, so a mark alone may come too early.
    func settle(created keys: some Collection<String>) async throws -> [WatchEvent] {
        var missing = Set(keys)
        var events: [WatchEvent] = []
        if !missing.isEmpty {
            events = try await take { event in
                missing.subtract([event].keys(.created))
                return missing.isEmpty
            }
        }
        return events + (try await settle())
    }

    /// Ends the watch and waits until another one may begin.
    func end() async throws {
        watch.stop()
        while try await events.next() != nil {}
    }

    /// The events ended although the test waits for one.
    struct EndOfEvents: Error { let taken: [WatchEvent] }
}

/// Runs a test on a watch that has made its first scan, and ends the watch.
func withWatch(
    on folder: ScratchFolder? = nil,
    prefixes: [String: [String]] = ["stage-1": [""]],
    rules: SettleRules = .none,
    pace: WatchPace = WatchPace(),
    notifier: @escaping @Sendable (InotifyTools) -> any FolderNotifier = { $0 },
    _ body: (WatchedFolder) async throws -> Void
) async throws {
    let folder = try folder ?? ScratchFolder()
    for bucket in prefixes.keys { mkdir(folder.path(bucket), 0o755) }
    let watched = try WatchedFolder(
        folder,
        prefixes: prefixes,
        rules: rules,
        pace: pace,
        notifier: notifier
    )
    _ = try await watched.start()
    try await body(watched)
    try await watched.end()
}

extension Sequence<WatchEvent> {
    /// All changes, in order.
    var changes: [ObjectChange] {
        flatMap { event -> [ObjectChange] in
            if case .changes(let changes) = event { changes } else { [] }
        }
    }

    /// The objects with a change of that kind, as `bucket/key`, in order.
    func keys(_ kind: ObjectChange.Kind) -> [String] {
        changes.filter { $0.kind == kind }.map(\.key.description)
    }
}
