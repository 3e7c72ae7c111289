import Events
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import BucketWatch

extension AllWatchTests {
    @Suite("A scan")
    struct ScanTests {
        @Test("tells of files by modification time, then key")
        func order() async throws {
            let folder = try ScratchFolder()
            let ages = [("b/2.csv", 30), ("a/9.csv", 20), ("a/1.csv", 30), ("c.csv", 10)]
            for (key, age) in ages {
                let path = try folder.write("1", to: "stage-1/\(key)")
                let time = timespec(tv_sec: 1_700_000_000 - age, tv_nsec: 0)
                utimensat(AT_FDCWD, path, [time, time], 0)
            }
            let watched = try WatchedFolder(folder, pace: WatchPace(batch: 3))
            let told = try await watched.start().keys(.created)
            #expect(
                told == ["a/1.csv", "b/2.csv", "a/9.csv", "c.csv"].map { "stage-1/\($0)" }
            )
            try await watched.end()
        }

        @Test("leaves a file that is open for writing until it is closed")
        func openFile() async throws {
            let folder = try ScratchFolder()
            try folder.write("1", to: "stage-1/done.csv")
            let path = try folder.write("1", to: "stage-1/open.csv")
            let file = open(path, O_WRONLY | O_APPEND)
            let watched = try WatchedFolder(folder)
            let found = try await watched.start()
            #expect(found.keys(.created) == ["stage-1/done.csv"])
            #expect(found.keys(.held) == ["stage-1/open.csv"])
            close(file)
            #expect(
                try await watched.settle(created: ["stage-1/open.csv"]).keys(.created) == [
                    "stage-1/open.csv"
                ]
            )
            try await watched.end()
        }

        @Test("follows when it is asked for")
        func request() async throws {
            let folder = try ScratchFolder()
            try folder.write("1", to: "stage-1/t/a.csv")
            try await withWatch(on: folder) { watched in
                watched.watch.rescan()
                let told = try await watched.take { $0 == .scanFinished(.request) }
                #expect(told.keys(.created) == ["stage-1/t/a.csv"])
                try folder.write("2", to: "stage-1/t/b.csv")
                #expect(
                    try await watched.settle(created: ["stage-1/t/b.csv"]).keys(.created) == [
                        "stage-1/t/b.csv"
                    ]
                )
            }
        }

        /// The receiver waits while more happens than the kernel's queue holds.
        @Test("finds everything when the kernel's queue ran over")
        func overflow() async throws {
            try await withWatch(pace: WatchPace(batch: 100, capacity: 1)) { watched in
                let limit = try queueLimit()
                let names = (0..<limit / 2 + 2000).map { "t/\($0).csv" }
                mkdir(watched.folder.path("stage-1/t"), 0o755)
                for name in names {
                    close(creat(watched.folder.path("stage-1/\(name)"), 0o644))
                }
                let expected = Set(names.map { "stage-1/\($0)" })
                let events = try await watched.settle(created: expected)
                #expect(events.contains(.scanFinished(.overflow)))
                #expect(Set(events.keys(.created)) == expected)
                try watched.folder.write("1", to: "stage-1/t/later.csv")
                #expect(
                    try await watched.settle(created: ["stage-1/t/later.csv"]).keys(.created) == [
                        "stage-1/t/later.csv"
                    ]
                )
            }
        }

        @Test("finds what lies in folders beyond the limit of watches, again and again")
        func limit() async throws {
            let pace = WatchPace(rescan: 1)
            // Watches for the buckets folder, stage-1 and one folder below.
            let limited = { @Sendable (notifier: InotifyTools) in
                LimitedNotifier(notifier, limit: 3)
            }
            try await withWatch(pace: pace, notifier: limited) { watched in
                for name in ["a", "b"] {
                    try watched.folder.write("1", to: "stage-1/\(name)/deep/x.csv")
                }
                let keys = ["stage-1/a/deep/x.csv", "stage-1/b/deep/x.csv"]
                let first = try await watched.settle(created: keys)
                #expect(
                    first.contains {
                        guard case .notices(let notices) = $0 else { return false }
                        return notices.contains { $0.contains("fs.inotify.max_user_watches") }
                    }
                )
                #expect(
                    Set(first.keys(.created)) == Set(keys)
                )
                try watched.folder.write("1", to: "stage-1/b/deep/new/y.csv")
                _ = try await watched.settle(created: ["stage-1/b/deep/new/y.csv"])
            }
        }

        private func queueLimit() throws -> Int {
            let file = try #require(fopen("/proc/sys/fs/inotify/max_queued_events", "r"))
            defer { fclose(file) }
            var line = [CChar](repeating: 0, count: 32)
            try #require(fgets(&line, 32, file) != nil)
            return Int(atoi(line))
        }
    }

    @Suite("The one watch of a process")
    struct OneWatchTests {
        @Test("lets another begin when it has ended")
        func exclusion() async throws {
            let folder = try ScratchFolder()
            try folder.write("1", to: "stage-1/a.csv")
            let first = try WatchedFolder(folder)
            _ = try await first.start()
            let second = try WatchedFolder(folder)
            try folder.write("1", to: "stage-1/b.csv")
            #expect(
                try await first.settle(created: ["stage-1/b.csv"]).keys(.created) == [
                    "stage-1/b.csv"
                ]
            )
            try await first.end()
            let told = try await second.start().keys(.created)
            #expect(Set(told) == ["stage-1/a.csv", "stage-1/b.csv"])
            try folder.write("2", to: "stage-1/a.csv")
            #expect(
                try await second.settle(created: ["stage-1/a.csv"]).keys(.created) == [
                    "stage-1/a.csv"
                ]
            )
            try await second.end()
        }

        @Test("keeps its descriptor from programs that are started")
        func descriptor() async throws {
            try await withWatch { _ in
                let listing = try await run("/bin/ls", ["-l", "/proc/self/fd"]).text
                #expect(!listing.contains("inotify"))
            }
        }
    }
}

/// A notifier that has only so many watches to give.
private final class LimitedNotifier: FolderNotifier {
    private let notifier: InotifyTools
    private var left: Int

    init(_ notifier: InotifyTools, limit: Int) {
        self.notifier = notifier
        left = limit
    }

    func watch(_ path: String) throws(WatchFailure) -> Int32 {
        guard left > 0 else { throw .limit }
        left -= 1
        return try notifier.watch(path)
    }
    func unwatch(_ watch: Int32) { notifier.unwatch(watch) }
    func next() -> FolderNotification? { notifier.next() }
    func wait(milliseconds: Int32?) { notifier.wait(milliseconds: milliseconds) }
    var backlog: Int { notifier.backlog }
    func restart() throws(BucketWatchError) { try notifier.restart() }
}
