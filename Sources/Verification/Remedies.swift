import Buckets
import Events
import FunctionConfig

/// What puts things right, in commands that a person can type, in backquotes and in their order.
///
/// Where there is another way it stands behind `; or`.
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

    func remove(_ file: String) -> String { "nothing reads it: `rm \(path(file))`" }

    func removeFolder(_ folder: String) -> String {
        "an interrupted run left it: `rm -r \(path(folder))`"
    }

    // MARK: - Whole tables

    /// Builds a table anew from the text of its versions.
    func rebuild(_ table: String, _ store: Finding.Store) -> String {
        if let input = wiring.config.similarityTable?.name, Wiring.resultTables.contains(table) {
            return store == .lake
                ? computeAgain(from: input) : copyAgain(table, versions[table])
        }
        if wiring.config.table(named: table).derivation != nil {
            return store == .lake
                ? "make the table anew: `mv \(path("lake/\(table)")) \(Self.quoted("\(table).broken"))`, "
                    + "then " + derive(table)
                : copyAgain(table, versions[table])
        }
        return store == .lake
            ? "build the table anew from its text: `mv \(path("lake/\(table)")) "
                + "\(Self.quoted("\(table).broken"))`, then \(fill(table, store)); or put it back from a "
                + "backup"
            : "build the table anew from its text: in the warehouse `DROP TABLE IF EXISTS "
                + "\(onServer(table))` and \(forget(table)), then \(fill(table, store))"
    }

    /// A statement that makes the load history forget a table.
    private func forget(_ table: String) -> String {
        "`DELETE FROM \(onServer("sluice_loads")) WHERE table_name = '\(table)'`"
    }

    /// A table of the warehouse in SQL: with PostgreSQL, with its schema.
    func onServer(_ table: String) -> String {
        guard case .postgres(let server) = wiring.config.warehouse else { return table }
        return "\(server.schema).\(table)"
    }

    /// Fills a table that is not there.
    func fillMissing(_ table: String, _ store: Finding.Store, hasHistory: Bool) -> String {
        if Wiring.resultTables.contains(table) { return rebuild(table, store) }
        if wiring.config.table(named: table).derivation != nil {
            return store == .lake ? derive(table) : copyAgain(table, versions[table])
        }
        return store == .warehouse && hasHistory
            ? "in the warehouse \(forget(table)), then " + fill(table, store)
            : fill(table, store)
    }

    /// Gives every version to the function that fills a store; it chooses those that count.
    private func fill(_ table: String, _ store: Finding.Store) -> String {
        let settings = wiring.config.table(named: table)
        guard !settings.purgesChunks else { return dropAgain(settings) }
        let function = wiring.function(store == .lake ? "convert" : "load")
        let command =
            "`(cd \(Self.quoted(place.buckets)) && find \(Self.quoted("stage-2/\(table)")) -name "
            + "\(Manifest.fileName)) | xargs -d '\\n' sluice invoke \(function)\(place.options)`"
        let isSource =
            wiring.config.similarityTable?.name == table
            || wiring.config.derivedTables.contains { $0.derivation?.from.contains(table) == true }
        let isWatched = store == .lake && isSource
        return isWatched ? "\(command), then \(sluice("up --once"))" : command
    }

    /// Makes new versions of a table's dropped files, whose chunks were purged.
    private func dropAgain(_ settings: TableSettings) -> String {
        let folder = settings.match == nil ? settings.name : "FOLDER"
        let files =
            "(cd \(Self.quoted(place.buckets)) && find \(Self.quoted("stage-1/\(folder)")) -type f "
            + "-printf '%T@ %p\\n' | sort -n | cut -d' ' -f2-)"
        return
            "its chunks were purged, so make new versions of its dropped files: `\(files) | xargs -d "
            + "'\\n' sluice invoke \(wiring.function("split"))\(place.options)`, then "
            + sluice("up --once")
    }

    /// Computes all results anew.
    private func computeAgain(from input: String) -> String {
        let folders = Wiring.resultTables.map { path("lake/\($0)") }.joined(separator: " ")
        let commit = Verdict.logEntry(versions[input] ?? 0, input)
        return "compute all results anew: `mkdir results.broken`, `mv \(folders) results.broken`, "
            + "\(sluice("invoke \(wiring.function("similarity")) \(commit)")), then "
            + "\(sluice("up --once")); or put it back from a backup"
    }

    /// Runs the query of a derived table, and brings the result into the warehouse.
    func derive(_ table: String) -> String {
        let derivation = wiring.config.table(named: table).derivation
        let source = derivation?.refresh == .onCommit ? derivation?.from.first : nil
        let commit = source.map { " " + Verdict.logEntry(versions[$0] ?? 0, $0) } ?? ""
        return
            "\(sluice("invoke \(wiring.function("derive"))\(commit)")), then \(sluice("up --once"))"
    }

    /// Copies a lake table into the warehouse anew.
    func copyAgain(_ table: String, _ version: Int64?) -> String {
        let commit = Verdict.logEntry(version ?? 0, table)
        return
            "copy the table anew: in the warehouse `DROP TABLE IF EXISTS \(onServer(table))`, then "
            + sluice("invoke \(wiring.function("load")) \(commit)")
    }

    // MARK: - Single versions

    /// Makes another version of the same bytes, which replaces all rows of the file.
    func reload(_ name: VersionName, of table: String, _ store: Finding.Store) -> String {
        let split = sluice("invoke \(wiring.function("split")) \(Self.quoted(name.source))")
        return
            "make another version of the same bytes, which replaces all rows of the file: \(split), "
            + "then \(sluice("up --once")); or \(rebuild(table, store))"
    }

    /// Takes the rows of a file out once more.
    func retract(_ name: VersionName) -> String {
        "\(sluice("retract \(Self.quoted(name.source))")), then \(sluice("up --once"))"
    }

    /// Brings a version into a store that has nothing of it.
    func bring(_ manifest: String, _ store: Finding.Store) -> String {
        let function = wiring.function(store == .lake ? "convert" : "load")
        return sluice("invoke \(function) \(Self.quoted("stage-2/\(manifest)"))")
    }

    /// Writes the chunks and the manifest of a version again, from the same bytes.
    func splitAgain(_ name: VersionName, folder: String) -> String {
        let event = "event put --sequencer \(name.digits) \(Self.quoted(name.source))"
        let split = "invoke \(wiring.function("split")) --event -"
        return
            "write the folder again from the same bytes: `rm -rf \(path("stage-2/\(folder)"))`, then "
            + "`sluice \(event)\(place.options) | sluice \(split)\(place.options)`; or, if "
            + "\(name.source) has other bytes now or is gone, put it back from a backup"
    }

    /// Makes the daemon deliver a manifest again; handlers answer for what is there already.
    func deliverAgain(_ manifest: String) -> String {
        "make the manifest a new version, which is delivered to all: `echo >> "
            + "\(path("stage-2/\(manifest)"))`, then \(sluice("up --once"))"
    }

    /// Makes the daemon take a file for one that was never delivered.
    func comeAgain(_ key: ObjectKey) -> String {
        let aside = Self.quoted("\(place.buckets)/.aside")
        let file = path(key.description)
        return "let it go and come again: `mv \(file) \(aside)`, \(sluice("up --once")), "
            + "`mv \(aside) \(file)`, \(sluice("up --once"))"
    }

    // MARK: - Catalog, results, ledger

    /// Makes a table's catalog entry anew, or wider, from all of its versions.
    func crawlAgain(_ table: String, isReadable: Bool) -> String {
        let removed = isReadable ? "" : "`rm \(path("catalog/\(table).json"))`, "
        let settings = wiring.config.table(named: table)
        if settings.purgesChunks {
            return
                "let every version be crawled again: \(removed)\(dropAgain(settings)); or put the last "
                + "good copy back"
        }
        return
            "let every version be crawled again: \(removed)`find \(path("stage-2/\(table)")) -name "
            + "\(Manifest.fileName) | while read -r m; do echo >> \"$m\"; done`, then "
            + "\(sluice("up --once")); or put the last good copy back"
    }

    /// Writes a file of bucket `results` from the lake.
    func export(_ result: ResultFacts) -> String {
        let statement =
            "SELECT indicator_id, locale, comp_locale, correlation, adjusted_correlation, distance, "
            + "weighted_distance, n_intervals, n_dimensions FROM lake.weighted_distances WHERE "
            + "indicator_id = '\(result.indicator.replacing("'", with: "''"))'"
        return "write it from the lake: `sluice query --format csv\(place.options) "
            + "\(Self.quoted(statement)) > \(path(result.file))`"
    }

    /// Makes a new ledger from what is there.
    var rebuildLedger: String {
        "end every sluice up, then \(sluice("rebuild")) and \(sluice("up --once")); or put "
            + ".sluice/ledger.sqlite back from a backup"
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
