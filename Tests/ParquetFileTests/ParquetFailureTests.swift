import Glibc
import TestSupport
import Testing

@testable import ParquetFile

@Suite("Writing a Parquet file")
struct ParquetFailureTests {
    private static let columns = [ParquetColumn("a", .double)]

    @Test("never replaces a file")
    func exclusive() throws {
        let folder = try ScratchFolder()
        let path = try folder.write("mine", to: "a.parquet")
        let error = #expect(throws: ParquetError.self) {
            _ = try ParquetFileWriter(path: path, columns: Self.columns)
        }
        #expect(error?.description == "Parquet: cannot create \(path): File exists")
        #expect(try folder.text("a.parquet") == "mine")
    }

    @Test("says where the disk is full")
    func fullDisk() throws {
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        let error = #expect(throws: ParquetError.self) {
            _ = try ParquetFileWriter(descriptor: full, path: "lake/a", columns: Self.columns)
        }
        #expect(error?.description == "Parquet: cannot write to lake/a: No space left on device")
    }

    @Test("says where the disk became full, and never ends a file that lacks bytes")
    func brokenOff() throws {
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        let group = ParquetEncoder(Self.columns).encode([.doubles([1, 2])], rows: 2)
        let writer = try ParquetFileWriter(
            descriptor: nowhere,
            path: "lake/b",
            columns: Self.columns
        )
        try writer.append(group)
        let roomy = dup(nowhere)
        try #require(dup2(full, nowhere) == nowhere)
        close(full)
        let words = "Parquet: cannot write to lake/b: No space left on device"
        let error = #expect(throws: ParquetError.self) { try writer.append(group) }
        #expect(error?.description == words)
        try #require(dup2(roomy, nowhere) == nowhere)
        close(roomy)
        let last = #expect(throws: ParquetError.self) { _ = try writer.finish(synchronized: false) }
        #expect(last?.description == words)
    }

    @Test("says when the bytes cannot be brought to the disk")
    func noSynchronization() throws {
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        let writer = try ParquetFileWriter(
            descriptor: nowhere,
            path: "lake/c",
            columns: Self.columns
        )
        let error = #expect(throws: ParquetError.self) { _ = try writer.finish(synchronized: true) }
        #expect(
            error?.description == "Parquet: cannot bring lake/c to the disk: Invalid argument"
        )
    }

    @Test("gives the same bytes on many threads as on one")
    func threads() async throws {
        let columns = [ParquetColumn("a", .string), ParquetColumn("b", .double)]
        let texts = ParquetTexts((0..<300).map(String.init))
        let encoder = ParquetEncoder(columns)
        @Sendable func encoded(_ part: Int) -> [UInt8] {
            let codes = (0..<20_000).map { Int32(($0 * 31 + part) % 300) }
            let values: [ParquetValues] = [
                .texts(texts, codes: codes), .doubles(codes.map { Double($0) / 7 }),
            ]
            return encoder.encode(values, rows: codes.count).bytes.withBytes { Array($0) }
        }
        let apart = await withTaskGroup(of: (Int, [UInt8]).self) { group in
            for part in 0..<16 { group.addTask { (part, encoded(part)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for part in 0..<16 {
            let isSame = apart[part] == encoded(part)
            #expect(isSame, "part \(part)")
        }
    }
}
