/// A PostgreSQL server as the settings name it, with the password apart from everything that is shown.
public struct PostgresServer: Sendable, Equatable {
    /// The connection URL without passwords, for libpq.
    public let url: String
    /// The password; nil where the URL has none and libpq finds it elsewhere (`PGPASSWORD`,
    /// `~/.pgpass`).
    public let password: String?
    /// The schema that holds the tables and `sluice_loads`.
    public let schema: String

    /// Why a URL cannot be used; never holds a part of it.
    struct Flaw: Error {
        let problem: String
        let remedy: String
    }

    /// Whether a `warehouse` is a URL of a server and not a path.
    static func isURL(_ text: String) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// Takes a URL apart: `postgres://[user[:password]@][host][:port][/database][?name=value&...]`.
    ///
    /// Only what concerns the password is looked at; the rest is for libpq, which is told the URL
    /// and looks for the first `@`. Source: PostgreSQL, "Connection URIs".
    init(url text: String, schema: String) throws(Flaw) {
        let scheme = text.hasPrefix("postgresql:") ? "postgresql://" : "postgres://"
        let rest = text.dropFirst(scheme.count)
        let query = rest.firstIndex(of: "?")
        let place = rest[..<(query ?? rest.endIndex)]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard place.count(where: { $0 == "@" }) <= 1, authority.contains("@") || !rest.contains("@")
        else {
            throw Flaw(
                problem: "user or password hold a character that must be encoded",
                remedy: "write @ as %40, / as %2F, : as %3A, ? as %3F and % as %25"
            )
        }
        var secret: Substring?
        var shown = scheme
        if let at = place.firstIndex(of: "@") {
            let user = place[..<at]
            let colon = user.firstIndex(of: ":")
            secret = colon.map { user[user.index(after: $0)...] }
            shown += user[..<(colon ?? at)] + place[at...]
        } else {
            shown += place
        }
        if let query {
            let options = rest[rest.index(after: query)...].split(separator: "&")
            for option in options where option.hasPrefix("password=") {
                secret = option.dropFirst("password=".count)
            }
            let kept = options.filter { !$0.hasPrefix("password=") }
            if !kept.isEmpty { shown += "?" + kept.joined(separator: "&") }
        }
        guard let password = Self.decoded(secret ?? "") else {
            throw Flaw(
                problem: "the password is not encoded as URLs are",
                remedy:
                    "write % as %25, and other special characters as % and two hexadecimal digits"
            )
        }
        url = shown
        self.password = password.isEmpty ? nil : password
        self.schema = schema
    }

    /// Replaces `%40` and its like; nil where a `%` is not followed by two hexadecimal digits, or
    /// the result is no text.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, !digits.contains(UInt8(ascii: "+")),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), value != 0
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension PostgresServer: CustomStringConvertible, CustomReflectable {
    /// The URL without password and options.
    public var description: String { String(url.prefix { $0 != "?" }) }

    /// Keeps the password out of dumps.
    public var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
