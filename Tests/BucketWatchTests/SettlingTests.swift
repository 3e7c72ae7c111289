import Events
import Glibc
import TestSupport
import Testing

@testable import BucketWatch

extension AllWatchTests {
    @Suite("A file that is not finished")
    struct SettlingTests {
        @Test("is not taken when one of its writers closes it and another has it open")
        func secondWriter() async throws {
            try await withWatch { watched in
                let path = watched.folder.path("stage-1/t.csv")
                let first = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o644)
                let second = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
                write(first, "half", 4)
                close(first)
                #expect(try await watched.settle().keys(.created).isEmpty)
                write(second, "whole", 5)
                close(second)
                let told = try await watched.settle(created: ["stage-1/t.csv"]).changes
                #expect(told.last?.stamp?.size == 9)
            }
        }

        @Test("is looked at again when somebody asks, and told of once it is closed")
        func asked() async throws {
            let folder = try ScratchFolder()
            let path = try folder.write("1", to: "stage-1/t.csv")
            try await withWatch(on: folder, pace: WatchPace(openFiles: 1)) { watched in
                let file = open(path, O_WRONLY | O_CLOEXEC)
                watched.watch.look(at: ObjectKey(bucket: "stage-1", key: "t.csv"))
                #expect(try await watched.settle().keys(.held) == ["stage-1/t.csv"])
                close(file)
                _ = try await watched.settle(created: ["stage-1/t.csv"])
            }
        }

        @Test("waits for a marker in its folder or above, which lets go what is not newer")
        func folderMarker() async throws {
            let rules = SettleRules(markers: [MarkerName("_SUCCESS")])
            try await withWatch(rules: rules) { watched in
                let keys = ["stage-1/out/a.csv", "stage-1/out/day=1/b.csv", "stage-1/other/c.csv"]
                for key in keys { try watched.folder.write("1", to: key) }
                let before = try await watched.take { event in
                    [event].changes.contains {
                        $0.key.key == "other/c.csv"
                            && $0.hold == .marker("stage-1/other/_SUCCESS")
                    }
                }
                #expect(before.keys(.created).isEmpty)
                let age = timespec(tv_sec: 4_000_000_000, tv_nsec: 0)
                let late = try watched.folder.write("1", to: "stage-1/out/late.csv")
                utimensat(AT_FDCWD, late, [age, age], 0)
                try watched.folder.write("", to: "stage-1/out/_SUCCESS")
                let told = try await watched.settle(created: keys.prefix(2))
                #expect(told.keys(.created).sorted() == keys.prefix(2).sorted())
                let settled = told.changes.filter { $0.kind == .created }.map(\.settled?.marker)
                #expect(settled == ["stage-1/out/_SUCCESS", "stage-1/out/_SUCCESS"])
                // The next run's marker, renamed into place.
                let marker = try watched.folder.write("", to: "stage-1/out/._SUCCESS")
                utimensat(AT_FDCWD, marker, [age, age], 0)
                rename(marker, watched.folder.path("stage-1/out/_SUCCESS"))
                _ = try await watched.settle(created: ["stage-1/out/late.csv"])
            }
        }

        @Test(
            "waits for the marker of its own",
            arguments: [
                ("*.done", "a.csv.done"), (".*.ok", ".a.csv.ok"), ("done-*", "done-a.csv"),
            ]
        )
        func ownMarker(pattern: String, marker: String) async throws {
            let rules = SettleRules(markers: [MarkerName(pattern)])
            try await withWatch(rules: rules) { watched in
                try watched.folder.write("1", to: "stage-1/t/a.csv")
                try watched.folder.write("1", to: "stage-1/t/b.csv")
                try watched.folder.write("", to: "stage-1/t/\(marker)")
                let told = try await watched.settle(created: ["stage-1/t/a.csv"])
                #expect(told.keys(.created) == ["stage-1/t/a.csv"])
                let taken = told.changes.first { $0.kind == .created }
                #expect(taken?.settled?.marker == "stage-1/t/\(marker)")
            }
        }

        @Test("is held back, or taken, alike by the scan at the start")
        func restart() async throws {
            let folder = try ScratchFolder()
            for (second, key) in ["a.csv", "_SUCCESS", "b.csv"].enumerated() {
                let path = try folder.write("1", to: "stage-1/t/\(key)")
                let time = timespec(tv_sec: 1_700_000_000 + second, tv_nsec: 0)
                utimensat(AT_FDCWD, path, [time, time], 0)
            }
            let rules = SettleRules(markers: [MarkerName("_SUCCESS")])
            for _ in 0..<2 {
                let watched = try WatchedFolder(folder, rules: rules)
                let told = try await watched.start()
                #expect(told.keys(.created) == ["stage-1/t/a.csv"])
                #expect(told.keys(.held) == ["stage-1/t/b.csv"])
                try await watched.end()
            }
        }

        @Test("is taken once it has not changed for long enough, and not before it is closed")
        func quiet() async throws {
            let rules = SettleRules(quiet: 300_000_000)
            try await withWatch(rules: rules) { watched in
                try watched.folder.write("1", to: "stage-1/t.csv")
                let told = try await watched.settle(created: ["stage-1/t.csv"])
                let holds = told.changes.compactMap(\.hold)
                #expect(holds.contains { if case .quiet = $0 { true } else { false } })
                let taken = try #require(told.changes.last)
                #expect(taken.settled?.quiet == 300_000_000)
                #expect(taken.evidence == .closeWrite)
            }
        }

        @Test("that is deleted while it is held back is told of as removed")
        func deleted() async throws {
            let rules = SettleRules(quiet: 3_600_000_000_000)
            try await withWatch(rules: rules) { watched in
                let path = try watched.folder.write("1", to: "stage-1/t.csv")
                _ = try await watched.take { [$0].changes.contains { $0.hold?.rule == "quiet" } }
                unlink(path)
                #expect(try await watched.settle().keys(.removed) == ["stage-1/t.csv"])
            }
        }
    }
}

@Suite("The rules of a file")
struct SettlementTests {
    private func settlement(
        changed: Int64,
        quiet: Int64,
        observed: Int64 = 0
    ) -> Settlement {
        Settlement(
            of: ObjectKey(bucket: "b", key: "k"),
            FileStamp(size: 1, modified: 0, changed: changed, inode: 1),
            rules: SettleRules(quiet: quiet),
            root: "/nowhere",
            at: 1000,
            observed: observed
        )
    }

    @Test("count from its last change, or from when it was first seen so")
    func quiet() {
        #expect(settlement(changed: 900, quiet: 100) == .settled(Settled(quiet: 100)))
        #expect(settlement(changed: 901, quiet: 100) == .held(.quiet(until: 1001)))
        #expect(settlement(changed: 950, quiet: 100, observed: 99) == .held(.quiet(until: 1001)))
        #expect(settlement(changed: 950, quiet: 100, observed: 100) == .settled(.init(quiet: 100)))
        // A clock that was set back delays by no more than the time asked for.
        #expect(settlement(changed: 9_000, quiet: 100) == .held(.quiet(until: 1100)))
        #expect(
            settlement(changed: 9_000, quiet: 100, observed: 100) == .settled(.init(quiet: 100))
        )
    }

    @Test("name markers by their place")
    func places() {
        #expect(
            MarkerName("_SUCCESS").places(for: "a/b/c.csv") == [
                "a/b/_SUCCESS", "a/_SUCCESS", "_SUCCESS",
            ]
        )
        #expect(MarkerName("_SUCCESS").places(for: "c.csv") == ["_SUCCESS"])
        #expect(MarkerName("*.done").places(for: "a/b/c.csv") == ["a/b/c.csv.done"])
        #expect(MarkerName("*.done").isName(of: "c.csv.done"))
        #expect(!MarkerName("*.done").isName(of: ".done"))
        #expect(!MarkerName("*.done").isName(of: "c.done.csv"))
        #expect(MarkerName("x*x").isName(of: "xax") && !MarkerName("x*x").isName(of: "xx"))
    }
}
