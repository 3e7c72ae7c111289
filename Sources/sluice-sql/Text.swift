/// Small things about text.
extension StringProtocol where SubSequence == Substring {
    /// The text without blanks at its ends.
    var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        let end = start.lastIndex { !$0.isWhitespace }
        return end.map { start[...$0] } ?? ""
    }

    /// Whether this can be the name of a parameter.
    var isParameterName: Bool {
        guard let first = utf8.first, !(48...57).contains(first) else { return false }
        return utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

extension String {
    /// The text with blanks behind it, `width` characters at least.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }

    /// The text with blanks, or another sign, before it, `width` characters at least.
    func leftPadded(to width: Int, by sign: String = " ") -> String {
        String(repeating: sign, count: Swift.max(0, width - count)) + self
    }

    /// The text without blanks at its end.
    var rightTrimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
