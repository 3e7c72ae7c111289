extension FunctionConfig {
    static func readFormat(_ reader: SettingsReader) -> FormatSettings {
        var format = FormatSettings()
        format.type = reader.choice("type", [("csv", "csv"), ("json", "json")])
        format.delimiter = reader.string("delimiter")
        if let delimiter = format.delimiter,
            delimiter.utf8.count != 1 || ["\"", "\n", "\r"].contains(delimiter)
        {
            reader.add("delimiter", "it is not one ASCII character", "use one such as , or \\t")
        }
        format.header = reader.bool("header")
        format.dateFormats = patterns("dateFormats", reader, withTime: false)
        format.timestampFormats = patterns("timestampFormats", reader, withTime: true)
        reader.finish()
        return format
    }

    private static let dateParts: Set<String> = [
        "Y", "y", "-y", "m", "-m", "b", "B", "d", "-d", "j", "-j", "a", "A",
    ]
    private static let timeParts: Set<String> = [
        "H", "-H", "I", "-I", "p", "M", "-M", "S", "-S", "f", "g", "n", "z",
    ]

    private static func patterns(
        _ name: String,
        _ reader: SettingsReader,
        withTime: Bool
    ) -> [String] {
        let patterns = reader.strings(name) ?? []
        for pattern in patterns {
            if let problem = problem(of: pattern, withTime: withTime) {
                reader.add(
                    name,
                    "`\(pattern)` \(problem)",
                    "write strptime's patterns, such as "
                        + (withTime ? "%m/%d/%Y %I:%M:%S %p" : "%m/%d/%Y")
                )
            }
        }
        return patterns
    }

    /// Why a text is no pattern of dates, or of times; nil when it is.
    private static func problem(of pattern: String, withTime: Bool) -> String? {
        var parts: Set<String> = []
        var rest = pattern[...]
        while let percent = rest.firstIndex(of: "%") {
            rest = rest[rest.index(after: percent)...]
            var part = rest.popFirst().map(String.init) ?? ""
            if part == "-", let next = rest.popFirst() { part.append(next) }
            guard part != "%" else { continue }
            if part == "Z" { return "has %Z, a name of a zone; only offsets (%z) are read" }
            guard dateParts.contains(part) || timeParts.contains(part) else {
                return "has %\(part), which is not known"
            }
            parts.insert(part)
        }
        let has = { (some: Set<String>) in !parts.isDisjoint(with: some) }
        let namesDay =
            has(["j", "-j"]) || has(["d", "-d"]) && has(["m", "-m", "b", "B"])
        guard has(["Y", "y", "-y"]), namesDay else { return "does not name year, month and day" }
        guard withTime else { return has(timeParts) ? "has parts of a time" : nil }
        if has(["I", "-I"]) != has(["p"]) { return "has only one of %I and %p" }
        return has(["H", "-H", "I", "-I"]) ? nil : "does not name the hour"
    }
}
