import Buckets
import Events
import FunctionConfig

/// Commands that put things right, as a person can type them.
struct Remedies {
    let wiring: Wiring
    let place: CommandPlace
    /// The newest versions of lake tables.
    let versions: [String: Int64]

    /// `sluice WORDS`, with the options that this place needs.
    func sluice(_ words: String) -> String { "`sluice \(words)\(place.options)`" }

    /// The path of a file in the buckets.
    func path(_ relative: String) -> String { Self.quoted("\(place.buckets)/\(relative)") }

    var takeUp: String { "\(sluice("up --once")) takes it up" }

    var redrive: String { sluice("redrive") + ", then " + sluice("up --once") }

    /// Builds a table anew from its text.
    func rebuild(_ table: String, _ store: Finding.Store) -> String {
        if let input = wiring.config.similarityTable?.name, Wiring.resultTables.contains(table) {
            return store == .lake
                ? computeAgain(from: input) : copyAgain(table, versions[table])
        }
        let manifests =
            "`cd \(Self.quoted(place.buckets)) && find \(Self.quoted("stage-2/\(table)")) -name "
            + "\(Manifest.fileName)`"
        let function = wiring.function(store == .lake ? "convert" : "load")
        let again =
            "give every manifest that \(manifests) lists to "
            + "\(sluice("invoke \(function) MANIFEST ..."))"
        return store == .lake
            ? "put it back from a backup, or build the table anew from its text: move "
                + "\(path("lake/\(table)")) away, then \(again)"
            : "build the table anew from its text: `DROP TABLE IF EXISTS \(table); DELETE FROM "
                + "sluice_loads WHERE table_name = '\(table)'` with DuckDB's or PostgreSQL's command "
                + "line, then \(again)"
    }

    /// Makes the one version that is at fault count anew, where another version of the same bytes
    /// changes nothing else; otherwise the whole table.
    func reload(
        _ name: VersionName,
        of table: String,
        _ store: Finding.Store,
        isUpsert: Bool
    ) -> String {
        guard !isUpsert else { return rebuild(table, store) }
        let split = sluice("invoke \(wiring.function("split")) \(Self.quoted(name.source))")
        return "make another version of the same file, which replaces all its rows: \(split), then "
            + "\(sluice("up --once")); or \(rebuild(table, store))"
    }

    /// Brings a version into a store that has nothing of it.
    func bring(_ manifest: String, _ store: Finding.Store) -> String {
        let function = wiring.function(store == .lake ? "convert" : "load")
        return sluice("invoke \(function) \(Self.quoted("stage-2/\(manifest)"))")
    }

    /// Writes the chunks and the manifest of a version again, from the same bytes.
    func splitAgain(_ name: VersionName, folder: String) -> String {
        let event = sluice("event put --sequencer \(name.digits) \(Self.quoted(name.source))")
            .dropLast()
        let split = sluice("invoke \(wiring.function("split"))").dropFirst()
        return "if \(name.source) still has these bytes, write the folder again: `rm -r "
            + "\(path("stage-2/\(folder)"))`, then \(event) | \(split); otherwise put it back from a "
            + "backup"
    }

    /// Makes the daemon deliver a manifest again; handlers answer for what is there already.
    func deliverAgain(_ manifest: String) -> String {
        "make the manifest a new version, of which everything is delivered again: `echo >> "
            + "\(path("stage-2/\(manifest)"))`, then \(sluice("up --once"))"
    }

    /// Makes the daemon take a file for a new one although it has the same bytes.
    func comeAgain(_ key: ObjectKey) -> String {
        let file = path(key.description)
        return
            "let it go and come again: move \(file) to another place, \(sluice("up --once")), move it "
            + "back, \(sluice("up --once"))"
    }

    /// Makes a table's catalog entry anew, or wider, from all of its versions.
    func crawlAgain(_ table: String) -> String {
        "put the last good copy back, or let every version be crawled again: remove the file if it "
            + "cannot be read, then `find \(path("stage-2/\(table)")) -name \(Manifest.fileName) | "
            + "while read -r m; do echo >> \"$m\"; done` and \(sluice("up --once"))"
    }

    /// Writes a file of bucket `results` from the lake.
    func export(_ result: ResultFacts) -> String {
        let statement =
            "SELECT indicator_id, locale, comp_locale, correlation, adjusted_correlation, distance, "
            + "weighted_distance, n_intervals, n_dimensions FROM lake.weighted_distances WHERE "
            + "indicator_id = '\(result.indicator.replacing("'", with: "''"))'"
        let query = sluice("query --format csv \"\(statement)\"").dropLast()
        return "write it from the lake: \(query) > \(path(result.file))`"
    }

    func remove(_ file: String) -> String {
        "nothing reads it; remove it with `rm \(path(file))`"
    }

    /// Copies a lake table into the warehouse anew.
    func copyAgain(_ table: String, _ version: Int64?) -> String {
        let commit = Verdict.logEntry(version ?? 0, table)
        return "copy the table anew: `DROP TABLE IF EXISTS \(table)` with DuckDB's or PostgreSQL's "
            + "command line, then \(sluice("invoke \(wiring.function("load")) \(commit)"))"
    }

    /// Computes all results anew.
    private func computeAgain(from input: String) -> String {
        let folders = Wiring.resultTables.map { path("lake/\($0)") }.joined(separator: " ")
        let commit = Verdict.logEntry(versions[input] ?? 0, input)
        return "put it back from a backup, or compute all results anew: move \(folders) away, then "
            + sluice("invoke \(wiring.function("similarity")) \(commit)")
    }

    /// Text as one word of a shell.
    static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "/._-=+:@%,".utf8.contains(byte)
            }
        }
        return isPlain && !text.isEmpty ? text : "'\(text.replacing("'", with: #"'\''"#))'"
    }
}
