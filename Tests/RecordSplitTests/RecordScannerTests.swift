import RecordSplit
import TestSupport
import Testing

@Suite("Scanning for record borders")
struct RecordScannerTests {
    /// Text, records, lines, fields of all records.
    static let samples: [(String, Int, Int, Int)] = [
        ("", 0, 0, 0),
        ("\n\r\n\r", 0, 3, 0),
        ("a,b\n1,2", 2, 1, 4),
        ("a,b\r\n\r\n1,2\r\n", 2, 3, 4),
        ("a,b\r1,2\r", 2, 2, 4),
        ("a\n\"x\r\ny\n\"\"z\"\nb\n", 3, 5, 3),
        ("5\" pipe,6\"\n7,8\n", 2, 2, 4),
        ("a, \"x\ny\",b\n", 1, 2, 3),
        ("a,  \"x\ny\",b\n", 2, 2, 4),
        ("\"a\"  ,\"\"\n", 1, 1, 2),
        ("  \n,\n", 2, 2, 3),
    ]

    @Test("counts records, lines and fields", arguments: samples)
    func counts(text: String, records: Int, lines: Int, fields: Int) {
        var scanner = RecordScanner(delimiter: UInt8(ascii: ","))
        scanner.scan(Array(text.utf8).span.bytes)
        scanner.finish()
        #expect(scanner.records == records)
        #expect(scanner.lines == lines)
        #expect(scanner.fields == fields)
        #expect(scanner.defects == 0)
        #expect(!scanner.isInsideQuotes)
    }

    @Test("takes the rest of the file for one record when a quote never closes")
    func openQuote() {
        var scanner = RecordScanner(delimiter: UInt8(ascii: ","))
        scanner.scan(Array("a\n1,\"x\n2\n3\n".utf8).span.bytes)
        scanner.finish()
        #expect(scanner.isInsideQuotes)
        #expect(scanner.records == 2)
        #expect(scanner.lines == 4)
    }

    @Test("notices text behind a closing quote")
    func defects() {
        var scanner = RecordScanner(delimiter: UInt8(ascii: ","))
        scanner.scan(Array("\"x\"y,\"a\" \"b\"\n\"c\",d\n".utf8).span.bytes)
        scanner.finish()
        #expect(scanner.defects == 2)
        #expect(scanner.records == 2)
    }

    @Test("gives quotes no meaning in JSON lines")
    func jsonLines() {
        var scanner = RecordScanner.lines
        scanner.scan(Array("\"a\n{\"b\":1}\n".utf8).span.bytes)
        scanner.finish()
        #expect(scanner.records == 2)
        #expect(!scanner.isInsideQuotes)
    }

    @Test("agrees with a byte-by-byte reading, however the text is cut", arguments: 0..<60)
    func agreesWithReference(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<30 {
            let text = randomText(&random)
            let expected = ReferenceScan(text)
            var scanner = RecordScanner(delimiter: UInt8(ascii: ","))
            var start = 0
            while start < text.count {
                let end = Int.random(in: start + 1...text.count, using: &random)
                scanner.scan(text[start..<end].span.bytes)
                start = end
            }
            scanner.finish()
            let found = ReferenceScan(
                records: scanner.records,
                lines: scanner.lines,
                fields: scanner.fields,
                borders: borders(of: text, cutWith: &random)
            )
            #expect(found == expected, "\(String(decoding: text, as: UTF8.self).debugDescription)")
        }
    }

    /// The borders that `scanRecord` gives when the text comes in random pieces.
    private func borders(of text: [UInt8], cutWith random: inout SeededGenerator) -> [Int] {
        var scanner = RecordScanner(delimiter: UInt8(ascii: ","))
        var found: [Int] = []
        var start = 0
        while start < text.count {
            let end = Int.random(in: start + 1...text.count, using: &random)
            let piece = Array(text[start..<end])
            var index = 0
            while let next = scanner.scanRecord(piece.span.bytes, from: index) {
                found.append(start + next)
                index = next
            }
            start = end
        }
        if text.last == UInt8(ascii: "\r"), scanner.isAtRecordEnd { found.append(text.count) }
        return found
    }

    private func randomText(_ random: inout SeededGenerator) -> [UInt8] {
        let alphabet = Array(
            ["a,\n\"", "a,\n\r\" ", "aaaaaaaaaaaaaaaaaaaaa,,,\n\"\r "].randomElement(
                using: &random
            )?.utf8 ?? "a".utf8
        )
        return (0..<Int.random(in: 0...90, using: &random)).map { _ in
            alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
        }
    }
}

/// The definition once more, one byte after the other over the whole text.
private struct ReferenceScan: Equatable {
    var records = 0
    var lines = 0
    var fields = 0
    /// The places behind each line break outside quotes.
    var borders: [Int] = []

    init(records: Int, lines: Int, fields: Int, borders: [Int]) {
        self.records = records
        self.lines = lines
        self.fields = fields
        self.borders = borders
    }

    init(_ text: [UInt8]) {
        let characters = text.map { Character(UnicodeScalar($0)) } + ["\0", "\0"]
        var index = 0
        var isFieldStart = true
        var recordStart = 0
        while index < text.count {
            var opening = index
            if characters[index] == " ", characters[index + 1] == "\"" { opening += 1 }
            if isFieldStart, characters[opening] == "\"" {
                index = opening + 1
                while index < text.count {
                    if characters[index] == "\"" {
                        guard characters[index + 1] == "\"" else { break }
                        index += 1
                    }
                    index += 1
                }
                index += 1
                isFieldStart = false
                continue
            }
            switch characters[index] {
            case ",":
                fields += 1
                isFieldStart = true
            case "\n", "\r":
                if index > recordStart {
                    records += 1
                    fields += 1
                }
                if characters[index] == "\r", characters[index + 1] == "\n" { index += 1 }
                recordStart = index + 1
                borders.append(recordStart)
                isFieldStart = true
            default:
                isFieldStart = false
            }
            index += 1
        }
        if recordStart < text.count {
            records += 1
            fields += 1
        }
        for index in text.indices where characters[index] == "\n" || characters[index] == "\r" {
            if characters[index] == "\n", index > 0, characters[index - 1] == "\r" { continue }
            lines += 1
        }
    }
}
