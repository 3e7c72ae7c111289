import Events
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import BucketWatch

extension AllWatchTests {
    @Suite("A folder that does not tell of every change")
    struct SilentTests {
        private static let pace: WatchPace = {
            var pace = WatchPace(openFiles: 1, rescan: 1)
            pace.remoteGrowth = 1
            return pace
        }()

        @Test("is scanned at intervals, for files that come, change and go")
        func intervals() async throws {
            var pace = Self.pace
            pace.trustsNotifications = false
            let folder = try ScratchFolder()
            var known = KnownList()
            try folder.write("1", to: "stage-1/t/known.csv")
            try known.add("stage-1", "t/known.csv", in: folder)
            known.states.append(
                KnownState(bucket: "stage-1", key: "t/gone.csv", content: .uncertain)
            )
            let deaf = { @Sendable (notifier: InotifyTools) in DeafNotifier(notifier) }
            let watched = try WatchedFolder(folder, known: known, pace: pace, notifier: deaf)
            let first = try await watched.start()
            #expect(first.keys(.created).isEmpty)
            #expect(first.keys(.removed) == ["stage-1/t/gone.csv"])
            #expect(
                first.contains(
                    .notices(["`notifications` is false: every folder is scanned every 0 s"])
                )
            )
            try folder.write("1", to: "stage-1/t/new/deep/a.csv")
            _ = try await watched.take(created: "stage-1/t/new/deep/a.csv")
            try folder.write("22", to: "stage-1/t/known.csv")
            _ = try await watched.take(created: "stage-1/t/known.csv")
            unlink(folder.path("stage-1/t/known.csv"))
            _ = try await watched.take { [$0].keys(.removed).contains("stage-1/t/known.csv") }
            try await watched.end()
        }

        @Test("is one on a file system of another machine, and says so")
        func mount() async throws {
            let isMounted = try await withMount { back, mount in
                try await follow(back, mount)
            }
            if !isMounted { print("skipped: FUSE cannot be used here (rclone, fusermount3)") }
        }

        private func follow(_ back: ScratchFolder, _ mount: String) async throws {
            mkdir(back.path("t"), 0o755)
            let folder = try ScratchFolder()
            symlink(mount, folder.path("stage-1"))
            let watched = try WatchedFolder(folder, pace: Self.pace)
            let first = try await watched.start()
            #expect(
                first.contains(
                    .notices([
                        "stage-1 is on FUSE, which does not tell of everything that is written there: "
                            + "it is scanned every 0 s"
                    ])
                )
            )
            // Behind the mount's back: no notification comes of it.
            try back.write("1", to: "t/a.csv")
            _ = try await watched.take(created: "stage-1/t/a.csv")
            try back.write("1", to: "t/new/b.csv")
            _ = try await watched.take(created: "stage-1/t/new/b.csv")
            try await watched.end()
        }

        @Test("is any folder while there is no inotify instance left")
        func instances() async throws {
            let folder = try ScratchFolder()
            try folder.write("1", to: "stage-1/t/a.csv")
            let waker = try Waker()
            let tries = Counter()
            let watch = BucketWatch(
                root: folder.path,
                scope: WatchScope(prefixes: ["stage-1": [""]]),
                pace: Self.pace,
                waker: waker
            ) { () throws(BucketWatchError) in
                guard tries.next() > 3 else {
                    throw BucketWatchError(code: .limit, operation: "watch", detail: "")
                }
                return try InotifyTools(waker: waker)
            }
            var events = watch.events.makeAsyncIterator()
            var told: [WatchEvent] = []
            while let event = try await events.next() {
                told.append(event)
                // Well again: the notices are taken back.
                if event == .notices([]) { break }
            }
            #expect(told.keys(.created).contains("stage-1/t/a.csv"))
            let notices = told.compactMap { event -> [String]? in
                if case .notices(let notices) = event { notices } else { nil }
            }
            #expect(notices.first?.first?.contains("raise fs.inotify.max_user_instances") == true)
            try folder.write("1", to: "stage-1/t/b.csv")
            while let event = try await events.next() {
                if [event].keys(.created).contains("stage-1/t/b.csv") { break }
            }
            watch.stop()
        }
    }
}

extension WatchedFolder {
    /// Takes events until an object was told of as `created`.
    fileprivate func take(created key: String) async throws -> [WatchEvent] {
        try await take { [$0].keys(.created).contains(key) }
    }
}

/// A notifier that tells of nothing.
private final class DeafNotifier: FolderNotifier {
    private let notifier: InotifyTools

    init(_ notifier: InotifyTools) { self.notifier = notifier }

    func watch(_ path: String) throws(WatchFailure) -> Int32 { try notifier.watch(path) }
    func unwatch(_ watch: Int32) { notifier.unwatch(watch) }
    func next() -> FolderNotification? {
        while notifier.next() != nil {}
        return nil
    }
    func wait(milliseconds: Int32?) { notifier.wait(milliseconds: milliseconds) }
    var backlog: Int { notifier.backlog }
    func restart() throws(BucketWatchError) { try notifier.restart() }
}

/// Counts from 1.
private final class Counter: Sendable {
    private let count = Atomic(0)
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}

/// Mounts a folder at another place through FUSE for a while; false where that cannot be done.
private func withMount(_ body: (ScratchFolder, String) async throws -> Void) async throws -> Bool {
    let tools = ["/dev/fuse", "/usr/bin/fusermount3", "/usr/bin/rclone"]
    guard tools.allSatisfy({ access($0, R_OK) == 0 }) else { return false }
    let back = try ScratchFolder()
    let place = try ScratchFolder()
    let mount = place.path("mount")
    mkdir(mount, 0o755)
    let server = try RunningProgram(
        "/usr/bin/rclone",
        [
            "mount", "--config", "/dev/null", "--dir-cache-time", "10ms", "--attr-timeout", "0",
            back.path, mount,
        ],
        environment: ["PATH": "/usr/bin:/bin", "HOME": place.path]
    )
    try await eventually {
        SilentFileSystem.name(at: mount) != nil || server.errorsSoFar.contains("Fatal error")
    }
    let isMounted = SilentFileSystem.name(at: mount) != nil
    let outcome: Result<Void, any Error>
    do { outcome = .success(isMounted ? try await body(back, mount) : ()) } catch {
        outcome = .failure(error)
    }
    if isMounted { _ = try await run("/usr/bin/fusermount3", ["-u", "-z", mount]) }
    _ = await server.end()
    try outcome.get()
    return isMounted
}
