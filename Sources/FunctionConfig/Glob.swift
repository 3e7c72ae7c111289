/// A pattern over `bucket/key`: `*` and `?` stay within a component, `**` does not.
public struct Glob: Sendable, Hashable, CustomStringConvertible {
    /// The pattern as it was written.
    public let description: String
    private let tokens: [Token]

    private enum Token: Hashable, Sendable {
        case literal(Unicode.Scalar)
        case one
        case many
        case all

        /// Whether the token takes a character; the wildcards `many` and `all` may take more.
        func takes(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .literal(let literal): literal == scalar
            case .one, .many: scalar != "/"
            case .all: true
            }
        }

        var repeats: Bool { self == .many || self == .all }
    }

    /// Reads a pattern; every text is one.
    public init(_ pattern: String) {
        description = pattern
        var tokens: [Token] = []
        for scalar in pattern.unicodeScalars {
            switch scalar {
            case "*":
                if tokens.last == .many {
                    tokens[tokens.count - 1] = .all
                } else if tokens.last != .all {
                    tokens.append(.many)
                }
            case "?": tokens.append(.one)
            default: tokens.append(.literal(scalar))
            }
        }
        self.tokens = tokens
    }

    /// The characters before the first wildcard.
    public var literalPrefix: String {
        String(description.prefix { $0 != "*" && $0 != "?" })
    }

    /// Whether a text matches as a whole.
    public func matches(_ text: String) -> Bool {
        var states = closure([0])
        for scalar in text.unicodeScalars {
            var following: Set<Int> = []
            for state in states where state < tokens.count && tokens[state].takes(scalar) {
                following.insert(tokens[state].repeats ? state : state + 1)
            }
            guard !following.isEmpty else { return false }
            states = closure(following)
        }
        return states.contains(tokens.count)
    }

    /// Whether some text matches both patterns.
    public func overlaps(_ other: Glob) -> Bool {
        var waiting = [(0, 0)]
        var seen: Set<Int> = []
        let width = other.tokens.count + 1
        while let (left, right) = waiting.popLast() {
            guard seen.insert(left * width + right).inserted else { continue }
            if left == tokens.count, right == other.tokens.count { return true }
            if left < tokens.count, tokens[left].repeats { waiting.append((left + 1, right)) }
            if right < other.tokens.count, other.tokens[right].repeats {
                waiting.append((left, right + 1))
            }
            guard left < tokens.count, right < other.tokens.count,
                Self.shareCharacter(tokens[left], other.tokens[right])
            else { continue }
            waiting.append(
                (
                    tokens[left].repeats ? left : left + 1,
                    other.tokens[right].repeats ? right : right + 1
                )
            )
        }
        return false
    }

    private static func shareCharacter(_ left: Token, _ right: Token) -> Bool {
        switch (left, right) {
        case (.literal(let scalar), let token), (let token, .literal(let scalar)):
            token.takes(scalar)
        default: true
        }
    }

    private func closure(_ states: Set<Int>) -> Set<Int> {
        var closed = states
        for var state in states {
            while state < tokens.count, tokens[state].repeats {
                state += 1
                closed.insert(state)
            }
        }
        return closed
    }
}
