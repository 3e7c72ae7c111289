import Events

/// Walks a JSON object by names and keeps every problem it meets, and which names nobody asked for.
final class SettingsReader {
    let path: String
    private let members: [JSONValue.Member]
    private let findings: Findings
    private var asked: Set<String> = []

    /// Shared by all readers of a file.
    final class Findings {
        var problems: [FunctionConfigProblem] = []
        /// The variables that were asked for as `${NAME}`.
        var variables: [String: String] = [:]
    }

    init(_ value: JSONValue, path: String, findings: Findings) {
        self.path = path
        self.findings = findings
        members = value.members ?? []
        if value.members == nil { add("", "it is not an object", "write { ... }") }
        let names = members.map(\.name)
        for name in Set(names) where names.count(where: { $0 == name }) > 1 {
            add(name, "it stands there twice", "keep one")
        }
    }

    func path(of name: String) -> String {
        if path.isEmpty || name.isEmpty { return path + name }
        return path + "." + name
    }

    func add(_ name: String, _ problem: String, _ remedy: String) {
        findings.problems.append(
            FunctionConfigProblem(path: path(of: name), problem: problem, remedy: remedy)
        )
    }

    /// Whether something was found wrong with a member.
    func problems(with name: String) -> Bool {
        findings.problems.contains { $0.path == path(of: name) }
    }

    /// Keeps what a variable of Sluice's own environment stood for.
    func keep(variable: String, value: String) { findings.variables[variable] = value }

    /// The member's value; `null` counts as absent.
    func value(_ name: String) -> JSONValue? {
        asked.insert(name)
        guard let value = members.first(where: { $0.name == name })?.value, value != .null else {
            return nil
        }
        return value
    }

    func string(_ name: String) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else {
            add(name, "it is not text", "put it in quotes")
            return nil
        }
        return text
    }

    func choice<Choice>(_ name: String, _ choices: [(String, Choice)]) -> Choice? {
        guard let text = string(name) else { return nil }
        if let choice = choices.first(where: { $0.0 == text }) { return choice.1 }
        add(name, "`\(text)` is not known", "use \(choices.map(\.0).joined(separator: ", "))")
        return nil
    }

    func bool(_ name: String) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let flag) = value else {
            add(name, "it is neither true nor false", "write true or false")
            return nil
        }
        return flag
    }

    func integer(_ name: String, in range: ClosedRange<Int>, unit: String) -> Int? {
        guard let value = value(name) else { return nil }
        guard let number = value.integer.map(Int.init), range.contains(number) else {
            let end = range.upperBound == .max ? "up" : "to \(range.upperBound)"
            add(
                name,
                "it is outside \(range.lowerBound) \(end)",
                "use a whole number of \(unit) in that range"
            )
            return nil
        }
        return number
    }

    func seconds(_ name: String, in range: ClosedRange<Double>) -> Double? {
        guard let value = value(name) else { return nil }
        let number: Double? =
            switch value {
            case .integer(let integer): Double(integer)
            case .double(let double): double
            default: nil
            }
        guard let number, range.contains(number) else {
            add(
                name,
                "it is outside \(range.lowerBound) to \(range.upperBound)",
                "use a number of seconds in that range"
            )
            return nil
        }
        return number
    }

    func strings(_ name: String) -> [String]? {
        guard let value = value(name) else { return nil }
        guard let texts = value.array?.map(\.string), !texts.contains(nil) else {
            add(name, "it is not a list of texts", "write [\"...\"]")
            return nil
        }
        return texts.compactMap(\.self)
    }

    /// A reader for a member that is an object; nil where it is absent.
    func object(_ name: String) -> SettingsReader? {
        value(name).map { SettingsReader($0, path: path(of: name), findings: findings) }
    }

    /// Readers for all members, in order: for objects whose names the user chooses.
    func eachObject() -> [(name: String, reader: SettingsReader)] {
        members.map { member in
            asked.insert(member.name)
            return (
                member.name,
                SettingsReader(member.value, path: path(of: member.name), findings: findings)
            )
        }
    }

    /// All members with text as their value, in order.
    func eachString() -> [(name: String, text: String)] {
        members.compactMap { member in
            string(member.name).map { (member.name, $0) }
        }
    }

    /// The names of all members, in order.
    var names: [String] { members.map(\.name) }

    /// A reader for one element of a list of objects.
    func element(_ index: Int, of name: String, _ element: JSONValue) -> SettingsReader {
        SettingsReader(element, path: "\(path(of: name))[\(index)]", findings: findings)
    }

    /// Reports the names that nobody asked for.
    func finish() {
        for member in members where !asked.contains(member.name) {
            add(
                member.name,
                "this key is not known",
                "remove it, or use one of \(asked.sorted().joined(separator: ", "))"
            )
        }
    }
}
