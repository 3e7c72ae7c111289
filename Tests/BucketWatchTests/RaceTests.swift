import Events
import Glibc
import TestSupport
import Testing

@testable import BucketWatch

extension AllWatchTests {
    /// Folders and files that come within the time that the watch takes for one of them.
    @Suite("A race with a watch")
    struct RaceTests {
        @Test("loses no file of a new folder, ten levels deep, again and again")
        func newFolders() async throws {
            try await withWatch { watched in
                for round in 0..<60 {
                    var path = "stage-1/r\(round)"
                    var expected: Set<String> = []
                    for level in 0..<10 {
                        // One call after the other: the watch is at work on the folders above.
                        mkdir(watched.folder.path(path), 0o755)
                        path += "/\(level)"
                        mkdir(watched.folder.path(path), 0o755)
                        let key = "\(path)/\(level).csv"
                        close(open(watched.folder.path(key), O_CREAT | O_WRONLY | O_CLOEXEC, 0o644))
                        expected.insert(key)
                    }
                    let told = try await watched.settle(created: expected).keys(.created)
                    #expect(Set(told) == expected)
                }
            }
        }

        @Test("loses no file of a folder that is moved in whole, or moved on while it is read")
        func movedFolders() async throws {
            try await withWatch { watched in
                let folder = watched.folder
                for round in 0..<40 {
                    var inner = "away/m\(round)"
                    for level in 0..<10 {
                        inner += "/\(level)"
                        try folder.write("1", to: "\(inner)/a.csv")
                    }
                    rename(folder.path("away/m\(round)"), folder.path("stage-1/m\(round)"))
                    // While its folders are read it gets another name, and another file.
                    rename(folder.path("stage-1/m\(round)"), folder.path("stage-1/n\(round)"))
                    var place = "stage-1/n\(round)"
                    var expected: Set<String> = []
                    for level in 0..<10 {
                        place += "/\(level)"
                        expected.insert("\(place)/a.csv")
                    }
                    try folder.write("1", to: "\(place)/late.csv")
                    expected.insert("\(place)/late.csv")
                    let told = try await watched.settle(created: expected).keys(.created)
                    #expect(expected.isSubset(of: told))
                }
            }
        }

        @Test("loses no file of a folder that goes and comes again at once")
        func comeAgain() async throws {
            try await withWatch { watched in
                for round in 0..<60 {
                    let folder = watched.folder.path("stage-1/t")
                    let key = "stage-1/t/deep/\(round).csv"
                    for _ in 0..<3 {
                        mkdir(folder, 0o755)
                        mkdir("\(folder)/deep", 0o755)
                        rmdir("\(folder)/deep")
                        rmdir(folder)
                    }
                    mkdir(folder, 0o755)
                    mkdir("\(folder)/deep", 0o755)
                    close(
                        open(watched.folder.path(key), O_CREAT | O_WRONLY | O_CLOEXEC, 0o644)
                    )
                    _ = try await watched.settle(created: [key])
                    unlink(watched.folder.path(key))
                    rmdir("\(folder)/deep")
                    rmdir(folder)
                }
            }
        }
    }
}
