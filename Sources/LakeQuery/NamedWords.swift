/// The words of a statement: what it can name, whether or not it does.
///
/// Looking at words alone finds every table that a statement reads, however deep, and now and then
/// one too many, which costs a view that nobody uses.
public struct NamedWords {
    private let words: Set<String>

    /// Takes a statement apart; names in quotes count without them.
    public init(_ sql: String) {
        let isPart = { (character: Character) in
            character.isLetter || character.isNumber || character == "_"
        }
        words = Set(sql.lowercased().split { !isPart($0) }.map(String.init))
    }

    /// Whether tables of the warehouse may be meant.
    public var nameWarehouse: Bool { words.contains("warehouse") }

    /// Whether rows may be chosen by conditions.
    public var nameConditions: Bool { words.contains("where") }

    /// The tables of `present` that may be meant; all where a statement asks which there are.
    public func tables(of present: [String]) -> [String] {
        let asksForAll = words.contains {
            ["show", "information_schema"].contains($0) || $0.hasPrefix("duckdb_")
        }
        return asksForAll ? present : present.filter { words.contains($0.lowercased()) }
    }
}
