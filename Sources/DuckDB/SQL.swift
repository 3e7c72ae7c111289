/// Quoting of what goes into an SQL text.
public enum SQL {
    /// A string literal with the value `text`.
    public static func literal(_ text: String) -> String { quoted(text, by: "'") }

    /// A list of string literals, as in `['a', 'b']`.
    public static func list(_ texts: some Sequence<String>) -> String {
        "[" + texts.map(literal).joined(separator: ", ") + "]"
    }

    /// The name of a table or column, quoted, whatever it holds.
    public static func identifier(_ name: String) -> String { quoted(name, by: "\"") }

    /// A number from 0 below `count`, the same for equal texts in every version of every database.
    ///
    /// - Parameters:
    ///   - text: SQL of a text.
    ///   - count: How many numbers there are.
    /// - Returns: SQL of the number.
    public static func bucket(of text: String, count: Int) -> String {
        "CAST(md5_number_lower(\(text)) % \(count) AS INTEGER)"
    }

    private static func quoted(_ text: String, by quote: Character) -> String {
        var quoted = String(quote)
        for scalar in text.unicodeScalars {
            if Character(scalar) == quote { quoted.append(quote) }
            quoted.unicodeScalars.append(scalar)
        }
        quoted.append(quote)
        return quoted
    }
}
