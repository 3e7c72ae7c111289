import RecordSplit
import Testing

@Suite("Deciding a file's format")
struct TextFormatTests {
    private func decide(
        _ text: String,
        _ fileName: String = "a",
        given: TextFormat.Given = .init()
    ) -> TextFormat {
        TextFormat(probe: Array(text.utf8), isWhole: true, fileName: fileName, given: given)
    }

    static let delimitedTexts: [(String, String, Character, [String]?, Int?)] = [
        ("a,b\n1,2\n", "x.csv", ",", ["a", "b"], 2),
        ("a\tb, c\n1\t2\n", "x.csv", "\t", ["a", "b, c"], 2),
        ("a;b;c\n1,5;2,5;3,5\n", "x.csv", ";", ["a", "b", "c"], 3),
        ("a,b|c\n", "x.csv", ",", ["a", "b|c"], 2),
        ("a,b\tc\n", "x.tsv.gz", "\t", ["a,b", "c"], 2),
        ("a\u{1}b\n", "x", "\u{1}", ["a", "b"], 2),
        ("name\nAnn\nSmith, Joe\nBob\n", "x.csv", ",", ["name"], 1),
        ("a,007\n", "x.csv", ",", nil, 2),
        ("a,\"2021-02-03\"\n", "x.csv", ",", nil, 2),
        ("a,2021-02-31\n", "x.csv", ",", ["a", "2021-02-31"], 2),
        (" , \n1,2\n", "x.csv", ",", nil, 2),
        ("x,y,1\n1,2\n3,4\n", "x.csv", ",", nil, 2),
        ("\n\na,,\"b\n\"\n1,2,3\n", "x.csv", ",", ["a", "", "b\n"], 3),
        ("\n", "x.csv", ",", nil, nil),
    ]

    @Test("finds delimiter, header and width", arguments: delimitedTexts)
    func delimited(
        text: String,
        name: String,
        delimiter: Character,
        header: [String]?,
        fields: Int?
    ) throws {
        guard case .csv(let format) = decide(text, name) else {
            Issue.record("not delimited text")
            return
        }
        #expect(format.delimiter == delimiter.asciiValue)
        #expect(format.header == header)
        #expect(format.fields == fields)
    }

    @Test("gives way to settings, piece by piece")
    func given() {
        let format = decide(
            "{\"a\";1}\n2,3;4\n",
            given: .init(kind: .csv, delimiter: UInt8(ascii: ";"), header: true)
        )
        guard case .csv(let csv) = format else {
            Issue.record("not delimited text")
            return
        }
        #expect(csv.header == ["{\"a\"", "1}"])
    }

    static let jsonTexts: [(String, String, TextFormat)] = [
        (" [1]", "x", .json(.array)),
        ("{\"a\":1}\n{\"a\":2}\n", "x", .jsonLines),
        ("{\n  \"a\": [\n    {\"b\": 1}\n  ]\n}\n{\n}\n", "x.json", .json(.documents)),
        ("{\"a\":1}{\"a\":2}", "x", .json(.documents)),
        ("{\"a\":\n{\"a\":2}\n", "x.jsonl", .jsonLines),
        ("{\"a\":", "x.jsonl", .jsonLines),
        ("nothing", "x.ndjson", .jsonLines),
    ]

    @Test("tells the forms of JSON apart", arguments: jsonTexts)
    func json(text: String, name: String, expected: TextFormat) {
        #expect(decide(text, name) == expected)
    }

    @Test("takes content that looks like JSON for delimited text if the name says so")
    func nameFirst() {
        guard case .csv = decide("[a],b\n", "x.csv") else {
            Issue.record("not delimited text")
            return
        }
    }
}

@Suite("Reading text as a scalar")
struct ScalarTextTests {
    static let texts: [(String, ScalarText?)] = [
        ("0", .bigint), ("-12", .bigint), ("9223372036854775807", .bigint),
        ("9223372036854775808", nil), ("007", nil), ("+1", nil), ("1.50", .double),
        ("-0.5e-3", .double), ("123456789.123456789", nil), ("1e999", nil), ("1e-999", nil),
        ("0e9", .double), (".5", nil), ("1.", nil), ("1 ", nil), ("True", .boolean), ("yes", nil),
        ("2024-02-29", .date), ("2023-02-29", nil), ("2024-2-9", nil),
        ("2024-02-29 23:59", .timestamp), ("2024-02-29T23:59:59.123456+05:30", .timestamp),
        ("2024-02-29T23:59:59Z", .timestamp), ("2024-02-29T23:59:59-0100", .timestamp),
        ("2024-02-29T24:00", nil), ("2024-02-29T23:59:59.1234567", nil), ("", nil),
    ]

    @Test("changes no value", arguments: texts)
    func types(text: String, type: ScalarText?) {
        #expect(ScalarText(Array(text.utf8)) == type)
    }

    @Test(
        "is liberal where a header is in question",
        arguments: ["007", "+1", " 12 ", "12345678901234567890123", ".5", "1.", "TRUE", "1E6"]
    )
    func looksLikeData(text: String) {
        #expect(ScalarText.looksLikeData(Array(text.utf8)))
    }

    @Test("does not take names for data", arguments: ["", "-", "e5", "1,000", "2021-13-01", "x1"])
    func looksLikeName(text: String) {
        #expect(!ScalarText.looksLikeData(Array(text.utf8)))
    }
}
