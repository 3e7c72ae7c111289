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
