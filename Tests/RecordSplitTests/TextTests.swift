import RecordSplit
import Testing

@Suite("Checking that bytes are text")
struct TextCheckTests {
    private func flaw(_ bytes: [UInt8], piece: Int) -> TextFlaw? {
        var check = TextCheck()
        do {
            for start in stride(from: 0, to: bytes.count, by: piece) {
                let part = Array(bytes[start..<min(start + piece, bytes.count)])
                try check.scan(part.span.bytes)
            }
            try check.finish()
            return nil
        } catch {
            return error
        }
    }

    static let padding = [UInt8](repeating: UInt8(ascii: "x"), count: 150)

    /// Bytes that are no UTF-8: lone, overlong, surrogate, too great, cut off.
    static let flawed: [[UInt8]] = [
        [0xE9, 0x2C], [0x80], [0xC0, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
        [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xE2, 0x82], [0xC3, 0x28],
    ]

    @Test("finds the first byte that is not UTF-8", arguments: flawed)
    func notUTF8(bytes: [UInt8]) {
        for piece in [1, 2, 3, 64, 1000] {
            #expect(flaw(Self.padding + bytes, piece: piece) == .notUTF8(offset: 150))
        }
    }

    @Test("finds a byte 0 wherever it stands", arguments: [0, 1, 15, 16, 63, 64, 130, 149])
    func binary(place: Int) {
        var bytes = Self.padding
        bytes[place] = 0
        #expect(flaw(bytes, piece: 70) == .binary(offset: place))
    }

    @Test("accepts every kind of character however it is cut", arguments: 1..<9)
    func accepts(piece: Int) {
        let text = String(
            repeating: "aé€😀 plain text that is longer than a vector is wide. ",
            count: 9
        )
        #expect(flaw(Array(text.utf8), piece: piece) == nil)
    }
}

@Suite("Reading UTF-16")
struct UTF16TranscoderTests {
    private func bytes(_ text: String, _ order: UTF16Transcoder.ByteOrder) -> [UInt8] {
        text.utf16.flatMap {
            let pair = [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
            return order == .littleEndian ? pair : pair.reversed()
        }
    }

    @Test(
        "gives the same text however it is cut",
        arguments: [UTF16Transcoder.ByteOrder.littleEndian, .bigEndian],
        1..<6
    )
    func transcodes(order: UTF16Transcoder.ByteOrder, piece: Int) throws {
        let text = "id,näme\r\n1,€ 😀\n"
        let input = bytes(text, order)
        var transcoder = UTF16Transcoder(order)
        var output: [UInt8] = []
        for start in stride(from: 0, to: input.count, by: piece) {
            let part = Array(input[start..<min(start + piece, input.count)])
            try transcoder.scan(part.span.bytes, into: &output)
        }
        try transcoder.finish()
        #expect(String(decoding: output, as: UTF8.self) == text)
    }

    static let flawed: [([UInt8], Int)] = [
        ([0x61, 0, 0x00, 0xD8, 0x61, 0], 2), ([0x61, 0, 0x00, 0xDC], 2), ([0x61, 0, 0x62], 2),
        ([0x61, 0, 0x00, 0xD8], 2),
    ]

    @Test("names the place of half a character", arguments: flawed)
    func flaw(bytes: [UInt8], offset: Int) {
        var transcoder = UTF16Transcoder(.littleEndian)
        var output: [UInt8] = []
        do throws(UTF16Transcoder.Flaw) {
            try transcoder.scan(bytes.span.bytes, into: &output)
            try transcoder.finish()
            Issue.record("accepted")
        } catch {
            #expect(error.offset == offset)
        }
    }
}

@Suite("The fields of a record")
struct CSVRecordTests {
    static let records: [(String, [String], [Bool])] = [
        ("a,b\r\n", ["a", "b"], [false, false]),
        ("\"a,\"\"x\"\"\n\",\"\"", ["a,\"x\"\n", ""], [true, true]),
        ("5\" pipe, \"x\" ,", ["5\" pipe", "x", ""], [false, true, false]),
        ("  \"x\"", ["  \"x\""], [false]),
        ("", [""], [false]),
    ]

    @Test("lose their quotes", arguments: records)
    func fields(text: String, fields: [String], quoted: [Bool]) {
        let record = CSVRecord(Array(text.utf8).span.bytes, delimiter: UInt8(ascii: ","))
        #expect(record.fields.map(\.text) == fields)
        #expect(record.fields.map(\.isQuoted) == quoted)
        #expect(record.defect == nil)
    }

    @Test("say what is wrong with their quotes")
    func defects() {
        let behind = CSVRecord(Array("a,\"x\" y,z".utf8).span.bytes, delimiter: UInt8(ascii: ","))
        #expect(behind.defect == .textBehindQuote(field: 1))
        #expect(behind.fields.map(\.text) == ["a", "x y", "z"])
        let open = CSVRecord(Array("a,\"x,y\nz".utf8).span.bytes, delimiter: UInt8(ascii: ","))
        #expect(open.defect == .openQuote(field: 1))
        #expect(open.fields.map(\.text) == ["a", "x,y\nz"])
    }
}
