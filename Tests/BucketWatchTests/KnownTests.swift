import Events
import Glibc
import TestSupport
import Testing

@testable import BucketWatch

extension AllWatchTests {
    @Suite("A scan of files that were recorded")
    struct KnownTests {
        @Test("tells of what has changed, came and is gone, and of nothing else")
        func differences() async throws {
            let folder = try ScratchFolder()
            for name in ["same", "other", "uncertain", "new", "back"] {
                try folder.write("1", to: "stage-1/t/\(name).csv")
            }
            try folder.write("1", to: "other/t/a.csv")
            var known = KnownList()
            try known.add("stage-1", "t/same.csv", in: folder)
            try known.add("stage-1", "t/other.csv", in: folder)
            known.states.append(.init("stage-1", "t/uncertain.csv", .uncertain))
            known.states.append(.init("stage-1", "t/gone.csv", .uncertain))
            known.states.append(.init("stage-1", "away/gone.csv", .uncertain))
            known.states.append(.init("stage-1", "t/forgotten.csv", .uncertain))
            known.states.append(.init("stage-1", "t/forgotten.csv", .deleted))
            known.states.append(.init("stage-1", "t/back.csv", .deleted))
            known.states.append(.init("unwatched", "t/gone.csv", .uncertain))
            try folder.write("2", to: "stage-1/t/other.csv")
            let watched = try WatchedFolder(folder, known: known)
            let told = try await watched.start()
            let changed = ["back", "new", "other", "uncertain"].map { "stage-1/t/\($0).csv" }
            #expect(told.keys(.created).sorted() == changed)
            #expect(told.keys(.removed) == ["stage-1/away/gone.csv", "stage-1/t/gone.csv"])
            try await watched.end()
        }

        @Test("knows manifests of version folders, and watches what has none yet")
        func manifests() async throws {
            let folder = try ScratchFolder()
            let table = "stage-2/t/a.csv"
            try folder.write("1", to: "\(table)/0006436a5d2b8c00/_manifest.json")
            try folder.write("1", to: "\(table)/0006436a5d2b8c01/part-00000.csv")
            var known = KnownList()
            try known.add("stage-2", "t/a.csv/0006436a5d2b8c00/_manifest.json", in: folder)
            let watched = try WatchedFolder(folder, prefixes: ["stage-2": [""]], known: known)
            #expect(try await watched.start().changes.isEmpty)
            try folder.write("1", to: "\(table)/0006436a5d2b8c01/_manifest.json")
            let manifest = "\(table)/0006436a5d2b8c01/_manifest.json"
            #expect(try await watched.settle(created: [manifest]).keys(.created) == [manifest])
            try await watched.end()
        }

        @Test("tells of everything where nothing can be read of it")
        func unreadable() async throws {
            let folder = try ScratchFolder()
            try folder.write("1", to: "stage-1/a.csv")
            let watched = try WatchedFolder(folder, known: KnownList(isUnreadable: true))
            #expect(try await watched.start().keys(.created) == ["stage-1/a.csv"])
            try await watched.end()
        }

        @Test("is right for every one of many files")
        func many() async throws {
            let folder = try ScratchFolder()
            var known = KnownList()
            var changed: Set<String> = []
            for number in 0..<3000 {
                let key = "t\(number % 7)/\(number).csv"
                try folder.write("1", to: "stage-1/\(key)")
                if number % 11 != 0 {
                    try known.add("stage-1", key, in: folder)
                } else {
                    changed.insert("stage-1/\(key)")
                }
                if number % 13 == 0 {
                    known.states.append(.init("stage-1", "x/\(key)", .uncertain))
                }
            }
            let watched = try WatchedFolder(folder, known: known)
            let told = try await watched.start()
            #expect(Set(told.keys(.created)) == changed)
            #expect(told.keys(.removed).count == 231)
            try await watched.end()
        }
    }
}

/// What a test says was recorded.
struct KnownList: KnownObjects {
    var states: [KnownState] = []
    var isUnreadable = false

    /// Records a file as it is.
    mutating func add(_ bucket: String, _ key: String, in folder: ScratchFolder) throws {
        let stamp = try #require(FileStamp(path: folder.path("\(bucket)/\(key)")))
        states.append(KnownState(bucket, key, .unchanged(stamp)))
    }

    /// Less than there is, as it may be when objects are recorded meanwhile.
    func count() throws -> Int { states.count / 3 }

    func readEach(_ body: (KnownState) throws -> Void) throws {
        if isUnreadable { throw Unreadable() }
        for state in states { try body(state) }
    }

    private struct Unreadable: Error {}
}

extension KnownState {
    fileprivate init(_ bucket: String, _ key: String, _ content: Content) {
        self.init(bucket: bucket, key: key, content: content)
    }
}
