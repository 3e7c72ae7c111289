/// One SQL file that changes the warehouse's schema, as its name tells.
///
/// The names are those of schemachange and Flyway: `V1.2__description.sql` is applied once, in the
/// order of versions; `R__description.sql` again whenever its content changed; `A__description.sql`
/// always.
public struct MigrationScript: Sendable, Equatable {
    /// When a script is applied.
    public enum Kind: String, Sendable, CaseIterable {
        /// Once.
        case versioned = "V"
        /// Again whenever its content changed, after the versioned ones.
        case repeatable = "R"
        /// Whenever scripts are applied, after all others.
        case always = "A"
    }

    /// The file, below the folder of migrations.
    public let path: String
    /// When it is applied.
    public let kind: Kind
    /// The version; nil unless it is versioned.
    public let version: SchemaVersion?
    /// What the name says of it, with spaces.
    public let description: String

    /// The file's name.
    public var name: String { String(path.split(separator: "/").last ?? "") }

    /// Reads a file's name; nil when it is none of a script.
    public init?(path: String) {
        self.path = path
        let file = path.split(separator: "/").last ?? ""
        guard file.lowercased().hasSuffix(".sql"), let initial = file.first,
            let kind = Kind(rawValue: initial.uppercased()),
            let separator = file.firstRange(of: "__")
        else { return nil }
        let text = file[separator.upperBound...].dropLast(4)
        let version = file[file.index(after: file.startIndex)..<separator.lowerBound]
        let words = text.split { $0 == "_" || $0 == " " }
        guard !words.isEmpty else { return nil }
        if kind == .versioned {
            guard let version = SchemaVersion(version) else { return nil }
            self.version = version
        } else {
            guard version.isEmpty else { return nil }
            self.version = nil
        }
        self.kind = kind
        description = words.joined(separator: " ")
    }
}

extension MigrationScript: Comparable {
    /// Whether the left script is applied before the right one: by kind, then by version or
    /// description.
    public static func < (left: MigrationScript, right: MigrationScript) -> Bool {
        if left.kind != right.kind { return left.kind.place < right.kind.place }
        if let mine = left.version, let other = right.version, mine != other { return mine < other }
        return (left.description, left.path) < (right.description, right.path)
    }
}

extension MigrationScript.Kind {
    fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
