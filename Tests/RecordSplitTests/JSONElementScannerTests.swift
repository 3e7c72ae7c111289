import RecordSplit
import Testing

@Suite("Scanning for JSON elements")
struct JSONElementScannerTests {
    private func scan(
        _ text: String,
        _ form: JSONElementScanner.Form,
        piece: Int
    ) throws(JSONFlaw) -> JSONLines {
        var scanner = JSONElementScanner(form)
        var output = JSONLines()
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            let part = Array(bytes[start..<min(start + piece, bytes.count)])
            try scanner.scan(part.span.bytes, into: &output)
        }
        try scanner.finish(into: &output)
        return output
    }

    /// Arrays and objects in turns, `depth` deep.
    static func nested(_ depth: Int) -> String {
        let opening = (0..<depth).map { $0 % 3 == 0 ? "[" : "{" }
        let closing = (0..<depth).reversed().map { $0 % 3 == 0 ? "]" : "}" }
        return (opening + closing).joined()
    }

    static let wellFormed: [(String, JSONElementScanner.Form, [String], [Int])] = [
        ("[]", .array, [], []),
        (
            " [ {\"a\":1},\n{\"b\":\"]}\\\"\"} ]\n", .array, ["{\"a\":1}", "{\"b\":\"]}\\\"\"}"],
            [1, 2]
        ),
        (
            "[\r\n  {\r\n    \"a\": [\r\n      1,\r\n      2 ]\r\n  },\r\n  3, null , \"x\"\r\n]",
            .array, ["{ \"a\": [ 1, 2 ] }", "3", "null", "\"x\""], [2, 7, 7, 7]
        ),
        ("[{\"a\":\"x\ny\"},\n1]", .array, ["{\"a\":\"x\ty\"}", "1"], [1, 3]),
        ("{\n\"a\":1}{}\n\n12\n[3]", .documents, ["{ \"a\":1}", "{}", "12", "[3]"], [1, 2, 4, 5]),
        ("7", .documents, ["7"], [1]),
        ("[" + nested(150) + "," + nested(64) + "]", .array, [nested(150), nested(64)], [1, 1]),
        ("\n", .documents, [], []),
    ]

    @Test("gives each its line, however the text is cut", arguments: wellFormed)
    func elements(
        text: String,
        form: JSONElementScanner.Form,
        elements: [String],
        lines: [Int]
    ) throws {
        for piece in 1...text.utf8.count {
            let output = try scan(text, form, piece: piece)
            let expected = elements.map { $0 + "\n" }
            #expect(String(decoding: output.bytes, as: UTF8.self) == expected.joined())
            #expect(output.lines == lines)
            #expect(output.ends.count == lines.count)
            #expect(output.ends.last ?? 0 == output.bytes.count)
        }
    }

    static let flawed: [(String, JSONElementScanner.Form, JSONFlaw.Problem, Int)] = [
        ("\n[{},\n{}\n", .array, .notClosed(opened: 2), 4),
        ("[{}\n{}]", .array, .betweenElements, 2),
        ("[{},\n]", .array, .betweenElements, 2),
        ("[,{}]", .array, .betweenElements, 1),
        ("[{}]\nx", .array, .behindArray, 2),
        ("[{]}", .array, .wrongBracket, 1),
        ("x", .array, .noArray, 1),
        ("{}\n{\n\n", .documents, .notClosed(opened: 2), 4),
        ("{},{}", .documents, .betweenElements, 1),
    ]

    @Test("names the line where the structure breaks", arguments: flawed)
    func flaws(
        text: String,
        form: JSONElementScanner.Form,
        problem: JSONFlaw.Problem,
        line: Int
    ) {
        for piece in 1...3 {
            do throws(JSONFlaw) {
                _ = try scan(text, form, piece: piece)
                Issue.record("accepted")
            } catch {
                #expect(error.problem == problem)
                #expect(error.line == line)
            }
        }
    }
}
