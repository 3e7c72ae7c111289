import Events
import Glibc
import TestSupport
import Testing

@testable import BucketWatch

extension AllWatchTests {
    @Suite("A watch on a bucket")
    struct ChangeTests {
        /// One way for a file to come or go, and what a watch says of it.
        struct Step: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let act: @Sendable (ScratchFolder) throws -> Void
            let expected: [String]
        }

        static let steps = [
            Step(
                testDescription: "a file written and closed",
                act: { try $0.write("1", to: "stage-1/t/new.csv") },
                expected: ["created stage-1/t/new.csv"]
            ),
            Step(
                testDescription: "a file moved in from outside",
                act: { rename($0.path("outside.csv"), $0.path("stage-1/t/in.csv")) },
                expected: ["created stage-1/t/in.csv"]
            ),
            Step(
                testDescription: "a file renamed",
                act: { rename($0.path("stage-1/t/there.csv"), $0.path("stage-1/t/b.csv")) },
                expected: [
                    "removed stage-1/t/there.csv", "created stage-1/t/b.csv",
                ]
            ),
            Step(
                testDescription: "a file linked in",
                act: { link($0.path("outside.csv"), $0.path("stage-1/t/link.csv")) },
                expected: ["created stage-1/t/link.csv"]
            ),
            Step(
                testDescription: "a file linked in whose first name is gone at once",
                act: {
                    link($0.path("outside.csv"), $0.path("stage-1/t/link.csv"))
                    unlink($0.path("outside.csv"))
                },
                expected: ["created stage-1/t/link.csv"]
            ),
            Step(
                testDescription: "a file deleted",
                act: { unlink($0.path("stage-1/t/there.csv")) },
                expected: ["removed stage-1/t/there.csv"]
            ),
            Step(
                testDescription: "a temporary file",
                act: { try $0.write("1", to: "stage-1/t/new.csv.tmp") },
                expected: []
            ),
            Step(
                testDescription: "a temporary file that gets its name",
                act: {
                    try $0.write("1", to: "stage-1/t/new.csv.6E38BAB2")
                    rename($0.path("stage-1/t/new.csv.6E38BAB2"), $0.path("stage-1/t/new.csv"))
                },
                expected: ["created stage-1/t/new.csv"]
            ),
            Step(
                testDescription: "a symbolic link and a pipe",
                act: {
                    symlink("there.csv", $0.path("stage-1/t/link.csv"))
                    mkfifo($0.path("stage-1/t/pipe.csv"), 0o644)
                },
                expected: []
            ),
            Step(
                testDescription: "a file in a hidden folder",
                act: { try $0.write("1", to: "stage-1/t/.git/a.csv") },
                expected: []
            ),
            Step(
                testDescription: "a file in a bucket nobody wants",
                act: { try $0.write("1", to: "other/t/a.csv") },
                expected: []
            ),
        ]

        @Test("tells of", arguments: steps)
        func tells(step: Step) async throws {
            let folder = try ScratchFolder()
            try folder.write("1", to: "outside.csv")
            try folder.write("1", to: "stage-1/t/there.csv")
            try await withWatch(on: folder) { watched in
                try step.act(folder)
                let created = step.expected.filter { $0.hasPrefix("created ") }
                let events = try await watched.settle(
                    created: created.map { String($0.dropFirst(8)) }
                )
                let told = events.changes.filter { $0.kind != .held }
                #expect(told.map { "\($0.kind) \($0.key)" } == step.expected)
            }
        }

        @Test("tells of a file's size, times and inode")
        func stamps() async throws {
            try await withWatch { watched in
                try watched.folder.write("12345", to: "stage-1/t.csv")
                let told = try await watched.settle(created: ["stage-1/t.csv"]).changes
                let change = try #require(told.last)
                var status = stat()
                try #require(lstat(watched.folder.path("stage-1/t.csv"), &status) == 0)
                #expect(change.stamp == FileStamp(status))
                #expect(change.stamp?.size == 5)
            }
        }

        @Test("names what cannot be a key", arguments: ["a\u{1}.csv", "a\n"])
        func refusesControlCharacters(name: String) async throws {
            try await withWatch { watched in
                try watched.folder.write("1", to: "stage-1/t/\(name)")
                let events = try await watched.settle()
                #expect(events.changes.isEmpty)
                #expect(events.contains { if case .refused = $0 { true } else { false } })
            }
        }

        @Test("names what is not UTF-8")
        func refusesOtherEncodings() async throws {
            try await withWatch { watched in
                let path = Array(watched.folder.path("stage-1/m").utf8) + [0xfc, 0x2e, 0x63, 0]
                close(
                    path.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer {
                        $0.baseAddress.map { creat($0, 0o644) } ?? -1
                    }
                )
                let refusal = RefusedName(
                    path: "stage-1/m\\xfc.c",
                    reason: "its name is not UTF-8"
                )
                let events = try await watched.settle()
                #expect(events.contains(.refused(refusal)))
            }
        }

        @Test("takes a file as complete only when its writer has closed it")
        func waitsForWriters() async throws {
            try await withWatch { watched in
                let file = open(watched.folder.path("stage-1/t.csv"), O_CREAT | O_WRONLY, 0o644)
                write(file, "half", 4)
                let before = try await watched.settle()
                #expect(before.keys(.held) == ["stage-1/t.csv"])
                #expect(before.keys(.created).isEmpty)
                write(file, "whole", 5)
                close(file)
                let after = try await watched.settle(created: ["stage-1/t.csv"])
                #expect(after.keys(.created) == ["stage-1/t.csv"])
                #expect(after.changes.last?.stamp?.size == 9)
            }
        }

        @Test("tells of a file that came without being closed under its name")
        func looksAgain() async throws {
            try await withWatch(pace: WatchPace(openFiles: 1)) { watched in
                mknod(watched.folder.path("stage-1/empty.csv"), S_IFREG | 0o644, 0)
                _ = try await watched.settle(created: ["stage-1/empty.csv"])
            }
        }
    }
}

/// All suites that watch: there is one watch in a process, so one test at a time.
@Suite(.serialized, .timeLimit(.minutes(15))) struct AllWatchTests {}
