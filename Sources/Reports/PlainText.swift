/// Text that a terminal shows as it is.
public enum PlainText {
    /// Text on one line: line breaks and other control characters are spaces.
    public static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { plain.append(isControl(scalar) ? " " : scalar) }
        return String(plain)
    }

    /// How many columns of a terminal a text takes.
    public static func width(of text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width(of: $1) }
    }

    /// The beginning of a text that fits into `width` columns, with `...` where it was cut.
    public static func cut(_ text: String, to width: Int) -> String {
        guard self.width(of: text) > width else { return text }
        guard width > 3 else { return String(repeating: ".", count: max(0, width)) }
        var cut = String.UnicodeScalarView()
        var left = width - 3
        for scalar in text.unicodeScalars {
            left -= self.width(of: scalar)
            guard left >= 0 else { break }
            cut.append(scalar)
        }
        return String(cut) + "..."
    }

    /// Lines of words that fit into `width` columns; a longer word stands alone.
    ///
    /// What stands between backticks is to be copied, and is never broken.
    public static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in words(of: text) {
            if line.isEmpty {
                line = String(word)
            } else if self.width(of: line) + 1 + self.width(of: String(word)) <= width {
                line += " " + word
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return lines + (line.isEmpty ? [] : [line])
    }

    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var isOpen = false
        for word in text.split(separator: " ") {
            if isOpen, let last = words.indices.last {
                words[last] += " " + word
            } else {
                words.append(String(word))
            }
            if !word.count(where: { $0 == "`" }).isMultiple(of: 2) { isOpen.toggle() }
        }
        return words
    }

    /// A message without the name of what it is about at its beginning, for lines that begin with it.
    static func message(_ text: String, about name: String) -> String {
        for ending in [": ", ", "] where text.hasPrefix(name + ending) {
            return String(text.dropFirst(name.count + ending.count))
        }
        return text
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control || scalar == "\u{2028}"
            || scalar == "\u{2029}"
    }

    /// Marks take no column, the scripts and pictures of East Asia two.
    private static func width(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20..<0x300: return 1
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF,
            0x20000...0x3FFFD:
            return 2
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return 1
        }
    }
}
