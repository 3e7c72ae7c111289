/// Whether a statement fixes the order of its rows.
enum RowOrder {
    /// Looks for `ORDER BY` outside parentheses, text, quoted names and comments: inside
    /// parentheses it orders a window, a list or a subquery.
    static func isGiven(by sql: String) -> Bool {
        let words = outerWords(Array(sql.utf8))
        return zip(words, words.dropFirst()).contains { $0 == "order" && $1 == "by" }
    }

    private static func outerWords(_ text: [UInt8]) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var depth = 0
        var position = 0
        func endWord() {
            if !word.isEmpty, depth == 0 {
                words.append(String(decoding: word, as: UTF8.self).lowercased())
            }
            word = []
        }
        while position < text.count {
            let byte = text[position]
            let next = position + 1 < text.count ? text[position + 1] : 0
            switch (byte, next) {
            case (UInt8(ascii: "'"), _), (UInt8(ascii: "\""), _):
                endWord()
                position = (text[(position + 1)...].firstIndex(of: byte) ?? text.count - 1)
            case (UInt8(ascii: "-"), UInt8(ascii: "-")):
                endWord()
                position = text[position...].firstIndex(of: 10) ?? text.count
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                endWord()
                position = endOfComment(text, from: position + 2)
            case (UInt8(ascii: "("), _):
                endWord()
                depth += 1
            case (UInt8(ascii: ")"), _):
                endWord()
                depth -= 1
            case (UInt8(ascii: "a")...UInt8(ascii: "z"), _),
                (UInt8(ascii: "A")...UInt8(ascii: "Z"), _), (UInt8(ascii: "_"), _),
                (UInt8(ascii: "0")...UInt8(ascii: "9"), _):
                word.append(byte)
            default:
                endWord()
            }
            position += 1
        }
        endWord()
        return words
    }

    private static func endOfComment(_ text: [UInt8], from start: Int) -> Int {
        var position = start
        while position + 1 < text.count {
            if text[position] == UInt8(ascii: "*"), text[position + 1] == UInt8(ascii: "/") {
                return position + 1
            }
            position += 1
        }
        return text.count
    }
}
