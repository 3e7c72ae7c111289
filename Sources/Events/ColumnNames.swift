/// How columns are called in tables.
public enum ColumnNames {
    /// The name that a table gives to a column called `original` in a file.
    ///
    /// Lower case, runs of other characters than letters, digits and `_` become one `_`, ends
    /// trimmed; empty when nothing is left.
    public static func name(of original: String) -> String {
        String(folded(original).trimming("_"))
    }

    /// A text in lower case with runs of other characters than letters, digits and `_` as one `_`.
    public static func folded(_ text: some StringProtocol) -> String {
        var name = String.UnicodeScalarView()
        var inRun = false
        for scalar in text.lowercased().unicodeScalars {
            switch scalar {
            case "a"..."z", "0"..."9", "_":
                name.append(scalar)
                inRun = false
            default:
                if !inRun { name.append("_") }
                inRun = true
            }
        }
        return String(name)
    }

    /// The names of a header's cells, in order: blank ones `column_3`, repeated ones `x_2`.
    ///
    /// `_source` and `_seq` are never given, as these belong to Sluice.
    public static func names(ofHeader cells: [String]) -> [String] {
        var taken: Set<String> = []
        return cells.enumerated().map { index, cell in
            let name = name(of: cell)
            return unused(name.isEmpty ? "column_\(index + 1)" : name, taken: &taken)
        }
    }

    /// The names of a file's columns that has no header: `col0`, `col1`, ...
    public static func names(withoutHeader count: Int) -> [String] {
        (0..<count).map { "col\($0)" }
    }

    /// The first of `x`, `x_2`, `x_3` that is not taken, which it is afterwards.
    public static func unused(_ name: String, taken: inout Set<String>) -> String {
        var candidate = name
        var number = 1
        while !taken.insert(candidate).inserted {
            number += 1
            candidate = "\(name)_\(number)"
        }
        return candidate
    }
}

extension String {
    fileprivate func trimming(_ character: Character) -> Substring {
        let start = drop { $0 == character }
        guard let last = start.lastIndex(where: { $0 != character }) else { return "" }
        return start[...last]
    }
}
