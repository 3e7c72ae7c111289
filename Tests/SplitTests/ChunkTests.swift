import Buckets
import Events
import FoundationEssentials
import TestSupport
import Testing

@Suite("Splitting an object")
struct ChunkTests {
    @Test("keeps a small file as one chunk with its bytes")
    func smallFile() async throws {
        let bench = try SplitBench()
        let text = "a,b\r\n1,2\r\n\r\n3,\"x\r\ny\"\r\n4,5"
        let version = try bench.drop(Data(text.utf8), as: "t/day=1/x.csv", sequencer: 0x1F)
        let end = try await bench.split(version)
        #expect(end.code == 0, "\(end.errors)")
        let result = try HandlerResult(standardOutput: end.output).results[0]
        let folder = "t/day=1/x.csv/000000000000001f"
        #expect(result["manifest"]?.string == "stage-2/\(folder)/_manifest.json")
        #expect(result["records"]?.integer == 3)
        let manifest = try bench.manifest(version)
        #expect(manifest.source == version)
        #expect(
            manifest.format
                == RecordFormat(
                    type: .csv,
                    delimiter: ",",
                    header: true,
                    columns: ["a", "b"],
                    fields: 2
                )
        )
        #expect(
            manifest.chunks == [
                Manifest.Chunk(
                    key: "\(folder)/part-00000.csv",
                    size: Int64(text.utf8.count),
                    eTag: version.eTag,
                    records: 3,
                    firstLine: 2,
                    firstRecord: 1,
                    cells: 6
                )
            ]
        )
        #expect(try bench.text(manifest.chunks[0]) == text)
    }

    /// A header, then records of very different length, some longer than the chunks.
    static let rows: [String] = (0..<400).map { index in
        let text = String(repeating: "line\n\"\"x\"\" ", count: index % 7 == 0 ? index : index % 3)
        return "\(index),\"\(text)\"\n" + (index % 50 == 0 ? "\n" : "")
    }

    @Test("cuts at record borders and repeats the header", arguments: [1, 300, 1000, 50_000])
    func chunks(limit: Int) async throws {
        let bench = try SplitBench()
        let header = "id,\"te\nxt\"\n"
        let text = header + Self.rows.joined()
        let version = try bench.drop(Data(text.utf8), as: "t/x.csv")
        let end = try await bench.split(version, chunkBytes: limit)
        #expect(end.code == 0, "\(end.errors)")
        let manifest = try bench.manifest(version)
        var rest = Self.rows[...]
        var line = 3
        for chunk in manifest.chunks {
            let content = try bench.text(chunk)
            let records = rest.prefix(chunk.records)
            #expect(chunk.firstRecord == records.startIndex + 1)
            #expect(chunk.firstLine == line)
            #expect(chunk.cells == 2 * chunk.records)
            #expect(content.hasPrefix(header))
            // Blank lines go with the record before or after them.
            let plain = content.dropFirst(header.count).replacing("\n\n", with: "\n")
            #expect(
                plain.hasPrefix("\n") ? plain.dropFirst() == records.plain : plain == records.plain
            )
            #expect(Int(chunk.size) >= min(limit, content.utf8.count))
            line += content.filter { $0 == "\n" }.count - 2
            rest = rest.dropFirst(chunk.records)
            let path = bench.scratch.path("buckets/stage-2/\(chunk.key)")
            let (eTag, size) = try ContentDigest.eTag(ofFile: path)
            #expect(eTag == chunk.eTag)
            #expect(size == chunk.size)
        }
        #expect(rest.isEmpty)
        #expect(manifest.chunks.count == (limit == 1 ? 400 : manifest.chunks.count))
        #expect(manifest.chunks.count > 1)
        #expect(try bench.stagedFiles().count == manifest.chunks.count + 1)
    }

    @Test(
        "gives JSON arrays as lines and names where each element stood",
        arguments: [1, 40, 4000]
    )
    func jsonArray(limit: Int) async throws {
        let bench = try SplitBench()
        let elements = (0..<50).map { "{\n \"id\": \($0),\n \"tags\": [\"]\\\"\", {}]\n}" }
        let text = "[\n" + elements.joined(separator: ",\n") + "\n]\n"
        let version = try bench.drop(Data(text.utf8), as: "t/x.json")
        let end = try await bench.split(version, chunkBytes: limit)
        #expect(end.code == 0, "\(end.errors)")
        let manifest = try bench.manifest(version)
        #expect(manifest.format == .json)
        var lines: [String] = []
        var numbers: [Int] = []
        for chunk in manifest.chunks {
            #expect(chunk.firstRecord == lines.count + 1)
            let sidecar = String(
                decoding: try bench.staged(try #require(chunk.lines)),
                as: UTF8.self
            )
            let chunkNumbers = sidecar.split(separator: "\n").compactMap { Int($0) }
            #expect(chunk.firstLine == chunkNumbers.first)
            #expect(chunkNumbers.count == chunk.records)
            numbers += chunkNumbers
            lines += try bench.text(chunk).split(separator: "\n").map(String.init)
        }
        #expect(lines == (0..<50).map { "{ \"id\": \($0), \"tags\": [\"]\\\"\", {}] }" })
        #expect(numbers == (0..<50).map { 2 + 4 * $0 })
    }

    @Test("keeps JSON lines as they are")
    func jsonLines() async throws {
        let bench = try SplitBench()
        let text = "{\"a\":1}\n\n{\"a\":\n{\"a\":3}"
        let version = try bench.drop(Data(text.utf8), as: "t/x.jsonl")
        _ = try await bench.split(version)
        let manifest = try bench.manifest(version)
        #expect(manifest.chunks.map(\.records) == [3])
        #expect(manifest.chunks.map(\.lines) == [nil])
        #expect(try bench.text(manifest.chunks[0]) == text)
    }

    static let encodedTexts: [(String, Data)] = [
        ("mark", Data([0xEF, 0xBB, 0xBF]) + Data(Self.table.utf8)),
        (
            "utf-16le",
            Data([0xFF, 0xFE])
                + Data(Self.table.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
        ),
        (
            "utf-16be",
            Data([0xFE, 0xFF])
                + Data(Self.table.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] })
        ),
        ("gzip", gzip(Data(Self.table.utf8))),
        (
            "members",
            gzip(Data(Self.table.utf8.prefix(9))) + gzip(Data())
                + gzip(Data(Self.table.utf8.dropFirst(9)))
                + Data(repeating: 0, count: 600)
        ),
    ]
    static let table = "id\tnäme\n" + (0..<60_000).map { "\($0)\t€ \($0 % 77) 😀\n" }.joined()

    @Test("unpacks and decodes to the same text", arguments: encodedTexts)
    func encodings(name: String, content: Data) async throws {
        let bench = try SplitBench()
        let version = try bench.drop(content, as: "t/\(name).txt")
        let end = try await bench.split(version)
        #expect(end.code == 0, "\(end.errors)")
        let manifest = try bench.manifest(version)
        #expect(manifest.records == 60_000)
        #expect(try bench.text(manifest.chunks[0]) == Self.table)
        #expect(manifest.chunks[0].key.hasSuffix("part-00000.tsv"))
    }

    @Test("reads CR as the end of a record", arguments: [7, 1 << 20])
    func carriageReturns(limit: Int) async throws {
        let bench = try SplitBench()
        let version = try bench.drop(Data("a;b\r1;2\r3;4\r".utf8), as: "t/x.csv")
        _ = try await bench.split(version, chunkBytes: limit)
        let manifest = try bench.manifest(version)
        #expect(manifest.records == 2)
        #expect(manifest.chunks.last?.firstLine == (limit == 7 ? 3 : 2))
    }

    @Test(
        "gives no chunk for a text without records",
        arguments: ["", "\n\r\n", "a,b\n", "a,b", "[]"]
    )
    func empty(text: String) async throws {
        let bench = try SplitBench()
        let version = try bench.drop(Data(text.utf8), as: "t/x")
        let end = try await bench.split(version)
        #expect(end.code == 0, "\(end.errors)")
        #expect(try bench.manifest(version).chunks.isEmpty)
        #expect(try bench.stagedFiles().count == 1)
    }

    @Test("does what the table's settings say")
    func settings() async throws {
        let bench = try SplitBench()
        let version = try bench.drop(Data("id,x|2\nb,y|3\n".utf8), as: "t/k=1/x.csv")
        let end = try await bench.split(
            version,
            config: """
                {"tables":{"t":{"format":{"type":"csv","delimiter":"|","header":false},
                "columns":{"a":"string","b":"bigint","k":"bigint"}}}}
                """
        )
        #expect(end.code == 0, "\(end.errors)")
        let manifest = try bench.manifest(version)
        #expect(manifest.records == 2)
        #expect(
            manifest.format
                == RecordFormat(type: .csv, delimiter: "|", header: false, columns: nil, fields: 2)
        )
    }
}

extension ArraySlice<String> {
    /// The records without blank lines.
    fileprivate var plain: String { map { $0.replacing("\n\n", with: "\n") }.joined() }
}
