import Buckets
import Events
import FoundationEssentials
import TestSupport
import Testing

@Suite("An object that cannot be split")
struct FailureTests {
    static let packed = gzip(Data((0..<5000).map { "\($0),x\n" }.joined().utf8))

    /// Name, content, error type, and what the message must hold.
    static let bad: [(String, Data, String, String)] = [
        ("x.csv", Data("a,b\n1,2\n3,".utf8) + Data([0xE9, 0x0A]), "NotUTF8", "x.csv, line 3"),
        ("x.csv", Data("a\n".utf8) + Data([0x31, 0, 0x32]), "BinaryFile", "x.csv, line 2"),
        ("x.csv", Data([0xFF, 0xFE, 0x61, 0, 0x0A, 0, 0x62]), "NotUTF16", "line 2"),
        ("x.csv.gz", packed.prefix(packed.count - 9), "TruncatedArchive", "copy the whole file"),
        ("x.csv.gz", packed.prefix(5), "TruncatedArchive", "copy the whole file"),
        ("x.csv.gz", packed.prefix(200) + packed.dropFirst(202), "DamagedArchive", "damaged"),
        ("x.csv.gz", packed + Data("tail".utf8), "DamagedArchive", "follows the archive"),
        ("x.csv.gz", gzip(packed), "UnsupportedFile", "gzip archive in a gzip archive"),
        ("x.csv", Data([0x28, 0xB5, 0x2F, 0xFD, 0]), "UnsupportedFile", "zstd"),
        ("x.parquet", Data("PAR1....".utf8), "UnsupportedFile", "Parquet"),
        ("x.json", Data("[{\"a\":1},\n{\"a\":2}\n".utf8), "BrokenJSON", "line 3"),
        ("x.json", Data("[{}\n]\n]".utf8), "BrokenJSON", "line 3"),
        ("x.json", Data("[{\"a\":[1}]".utf8), "BrokenJSON", "line 1"),
    ]

    @Test("is refused with its line and a remedy, and leaves nothing", arguments: bad)
    func refused(name: String, content: Data, type: String, words: String) async throws {
        let bench = try SplitBench()
        let version = try bench.drop(content, as: "t/\(name)")
        let end = try await bench.split(version, chunkBytes: 100)
        #expect(end.code == 65)
        let last = try #require(end.errors.split(separator: "\n").last)
        let failure = try JSONDecoder().decode(HandlerFailure.self, from: Data(last.utf8))
        #expect(failure.errorType == type)
        #expect(failure.errorMessage.contains("stage-1/t/\(name)"))
        #expect(failure.errorMessage.contains(words), "\(failure.errorMessage)")
        #expect(try bench.stagedFiles().isEmpty)
    }

    @Test("fails alone in a batch")
    func batch() async throws {
        let bench = try SplitBench()
        let good = try bench.drop(Data("a\nx\n".utf8), as: "t/good.csv", sequencer: 1)
        let bad = try bench.drop(Data([0x61, 0xFF]), as: "t/bad.csv", sequencer: 2)
        var gone = good
        (gone.key, gone.sequencer) = ("t/gone.csv", Sequencer(rawValue: 3))
        var changed = try bench.drop(Data("a\ny\n".utf8), as: "t/changed.csv", sequencer: 4)
        changed.eTag = good.eTag
        let last = try bench.drop(Data("a\nz\n".utf8), as: "t/last.csv", sequencer: 5)
        let end = try await bench.split(good, bad, gone, changed, last)
        #expect(end.code == 0, "\(end.errors)")
        let result = try HandlerResult(standardOutput: end.output)
        #expect(result.batchItemFailures.map(\.itemIdentifier) == [bad.sequencer.description])
        #expect(result.batchItemFailures.map(\.errorType) == ["NotUTF8"])
        #expect(result.batchItemFailures.map(\.retry) == [false])
        #expect(
            result.results.map { $0["status"]?.string }
                == ["split", "superseded", "superseded", "split"]
        )
        #expect(try bench.manifest(good).records == 1)
        #expect(try bench.manifest(last).records == 1)
        #expect(try bench.stagedFiles().count == 4)
    }

    @Test("that looks damaged only because it is being written is superseded")
    func beingWritten() async throws {
        let bench = try SplitBench()
        var version = try bench.drop(Self.packed.prefix(300), as: "t/x.csv.gz")
        version.eTag = "00112233445566778899aabbccddeeff"
        let end = try await bench.split(version)
        #expect(end.code == 0, "\(end.errors)")
        let result = try HandlerResult(standardOutput: end.output)
        #expect(result.results.map { $0["status"]?.string } == ["superseded"])
        #expect(try bench.stagedFiles().isEmpty)
    }
}

@Suite("Splitting an object again")
struct RepetitionTests {
    @Test("answers the same and changes nothing once it is done")
    func idempotent() async throws {
        let bench = try SplitBench()
        let version = try bench.drop(Data("a\nx\ny\n".utf8), as: "t/x.csv")
        let first = try await bench.split(version, chunkBytes: 3)
        let identity = try fileNumbers(bench)
        let second = try await bench.split(version, chunkBytes: 3)
        #expect(second.output == first.output)
        #expect(try fileNumbers(bench) == identity)
    }

    @Test("replaces what a killed run left behind")
    func leftovers() async throws {
        let bench = try SplitBench()
        let version = try bench.drop(Data("a\nx\ny\n".utf8), as: "t/x.csv")
        let folder = "buckets/stage-2/t/x.csv/0000000000000001"
        try bench.scratch.write("a\nx", to: "\(folder)/part-00000.csv")
        try bench.scratch.write("a\nold\n", to: "\(folder)/part-00007.csv")
        try bench.scratch.write("{", to: "\(folder)/.abc.tmp")
        let end = try await bench.split(version)
        #expect(end.code == 0, "\(end.errors)")
        #expect(try bench.text(try bench.manifest(version).chunks[0]) == "a\nx\ny\n")
        #expect(try bench.stagedFiles().count == 2)
    }

    @Test("repairs chunks that a power cut has shortened")
    func shortened() async throws {
        let bench = try SplitBench()
        let version = try bench.drop(Data("a\nx\ny\n".utf8), as: "t/x.csv")
        _ = try await bench.split(version)
        let chunk = try bench.manifest(version).chunks[0]
        try bench.scratch.write("a\n", to: "buckets/stage-2/\(chunk.key)")
        _ = try await bench.split(version)
        #expect(try bench.text(chunk) == "a\nx\ny\n")
    }

    @Test("keeps the folders of other versions of the key")
    func versions() async throws {
        let bench = try SplitBench()
        let old = try bench.drop(Data("a\nx\n".utf8), as: "t/x.csv", sequencer: 1)
        _ = try await bench.split(old)
        let new = try bench.drop(Data("a\ny\n".utf8), as: "t/x.csv", sequencer: 2)
        _ = try await bench.split(new)
        #expect(try bench.text(try bench.manifest(old).chunks[0]) == "a\nx\n")
        #expect(try bench.text(try bench.manifest(new).chunks[0]) == "a\ny\n")
    }

    private func fileNumbers(_ bench: SplitBench) throws -> [UInt64] {
        try bench.stagedFiles().map { name in
            let path = bench.scratch.path("buckets/stage-2/\(name)")
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            return attributes[.systemFileNumber] as? UInt64 ?? 0
        }
    }
}
