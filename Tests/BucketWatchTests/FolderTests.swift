import Events
import Glibc
import TestSupport
import Testing

@testable import BucketWatch

extension AllWatchTests {
    @Suite("Folders under watch")
    struct FolderTests {
        @Test("are watched and read however deep and however fast they come")
        func deepFolders() async throws {
            try await withWatch { watched in
                var expected: Set<String> = []
                for tree in 0..<40 {
                    var path = "stage-1/t\(tree)"
                    for level in 0..<10 {
                        path += "/\(level)"
                        try watched.folder.write("1", to: "\(path)/a.csv")
                        expected.insert("\(path)/a.csv")
                    }
                }
                let told = try await watched.settle(created: expected).keys(.created)
                #expect(Set(told) == expected)
            }
        }

        @Test("are read when they are moved in")
        func movedIn() async throws {
            let folder = try ScratchFolder()
            try folder.write("1", to: "outside/a/b/x.csv")
            try folder.write("1", to: "outside/y.csv")
            try await withWatch(on: folder) { watched in
                rename(folder.path("outside"), folder.path("stage-1/in"))
                let moved = ["stage-1/in/a/b/x.csv", "stage-1/in/y.csv"]
                let told = try await watched.settle(created: moved).keys(.created)
                #expect(Set(told) == Set(moved))
                try folder.write("2", to: "stage-1/in/a/b/z.csv")
                #expect(
                    try await watched.settle(created: ["stage-1/in/a/b/z.csv"]).keys(.created) == [
                        "stage-1/in/a/b/z.csv"
                    ]
                )
            }
        }

        @Test("are known by their new name when they are renamed")
        func renamed() async throws {
            let folder = try ScratchFolder()
            try folder.write("1", to: "stage-1/old/deep/x.csv")
            try await withWatch(on: folder) { watched in
                rename(folder.path("stage-1/old"), folder.path("stage-1/new"))
                let events = try await watched.settle(created: ["stage-1/new/deep/x.csv"])
                #expect(events.contains(.folderGone(ObjectKey(bucket: "stage-1", key: "old"))))
                #expect(events.keys(.created) == ["stage-1/new/deep/x.csv"])
                try folder.write("2", to: "stage-1/new/deep/x.csv")
                #expect(
                    try await watched.settle(created: ["stage-1/new/deep/x.csv"]).keys(.created)
                        == ["stage-1/new/deep/x.csv"]
                )
            }
        }

        @Test("are let go of when they are moved out")
        func movedOut() async throws {
            let folder = try ScratchFolder()
            try folder.write("1", to: "stage-1/t/deep/x.csv")
            try await withWatch(on: folder) { watched in
                rename(folder.path("stage-1/t"), folder.path("outside"))
                let events = try await watched.settle()
                #expect(events.contains(.folderGone(ObjectKey(bucket: "stage-1", key: "t"))))
                try folder.write("2", to: "outside/deep/x.csv")
                #expect(try await watched.settle().changes.isEmpty)
            }
        }

        @Test("are watched again each time they come again")
        func comeAgain() async throws {
            try await withWatch { watched in
                for round in 0..<5 {
                    try watched.folder.write("\(round)", to: "stage-1/t/deep/x.csv")
                    _ = try await watched.settle(created: ["stage-1/t/deep/x.csv"])
                    try watched.folder.write("\(round)", to: "stage-1/t/deep/y.csv")
                    let told = try await watched.settle(created: ["stage-1/t/deep/y.csv"])
                    #expect(told.keys(.created) == ["stage-1/t/deep/y.csv"])
                    unlink(watched.folder.path("stage-1/t/deep/x.csv"))
                    unlink(watched.folder.path("stage-1/t/deep/y.csv"))
                    rmdir(watched.folder.path("stage-1/t/deep"))
                    rmdir(watched.folder.path("stage-1/t"))
                }
            }
        }

        @Test("of stage-2 hold manifests, those of the lake commits")
        func layouts() async throws {
            let prefixes = ["stage-2": [""], "lake": [""]]
            try await withWatch(prefixes: prefixes) { watched in
                let version = "stage-2/t/a.csv/0006436a5d2b8c00"
                for path in [
                    "\(version)/part-00000.csv", "\(version)/_manifest.json",
                    "stage-2/t/by-hand.csv",
                    "lake/t/_delta_log/00000000000000000000.json",
                    "lake/t/_delta_log/00000000000000000010.checkpoint.parquet",
                    "lake/t/_delta_log/_last_checkpoint", "lake/t/x=1/a.parquet",
                    "lake/t/x=1/_delta_log/00000000000000000001.json",
                ] {
                    try watched.folder.write("1", to: path)
                }
                let objects = [
                    "\(version)/_manifest.json", "stage-2/t/by-hand.csv",
                    "lake/t/_delta_log/00000000000000000000.json",
                ]
                let told = try await watched.settle(created: objects).keys(.created)
                #expect(Set(told) == Set(objects))
            }
        }

        @Test("are watched only where a wanted key can be")
        func prefixes() async throws {
            try await withWatch(prefixes: ["stage-1": ["in/2026"]]) { watched in
                for key in ["in/2026-01/a.csv", "in/2025/a.csv", "out/a.csv", "in/2026.csv"] {
                    try watched.folder.write("1", to: "stage-1/\(key)")
                }
                let wanted = ["stage-1/in/2026-01/a.csv", "stage-1/in/2026.csv"]
                let told = try await watched.settle(created: wanted).keys(.created)
                #expect(Set(told) == Set(wanted))
            }
        }

        @Test("are told from a file beside them that changes")
        func beside() async throws {
            let folder = try ScratchFolder()
            let settings = try folder.write("{}", to: "functions.json")
            mkdir(folder.path("buckets"), 0o755)
            let watch = try BucketWatch(
                root: folder.path("buckets"),
                scope: WatchScope(prefixes: [:]),
                beside: settings
            )
            var events = watch.events.makeAsyncIterator()
            while try await events.next() != .scanFinished(.start) {}
            try folder.write("other", to: "other.json")
            try folder.write("{ }", to: "functions.json")
            #expect(try await events.next() == .noticed(settings))
            try folder.write("{  }", to: "new.json")
            rename(folder.path("new.json"), settings)
            #expect(try await events.next() == .noticed(settings))
            watch.stop()
        }

        @Test("end the watch when the buckets folder itself goes")
        func rootGone() async throws {
            let folder = try ScratchFolder()
            let root = try ScratchFolder()
            rename(folder.path, root.path("buckets"))
            mkdir(folder.path, 0o755)
            let watched = try WatchedFolder(folder)
            _ = try await watched.start()
            rmdir(folder.path)
            let failure = await #expect(throws: BucketWatchError.self) {
                try await watched.settle()
            }
            #expect(failure?.code == .unreachable)
        }
    }
}
