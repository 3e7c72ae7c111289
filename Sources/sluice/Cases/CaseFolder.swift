import Buckets
import Events
import Glibc

/// One directory-based case as it lies on disk.
struct CaseFolder: Sendable {
    /// The absolute path.
    let path: String

    /// The case's name: that of its folder.
    var name: String { FilePath.name(of: path) }

    /// The settings under which the case runs.
    var config: String { path + "/" + CommonOptions.configName }

    /// Whether its tables go into a warehouse; settings that cannot be read say nothing against it.
    var hasWarehouse: Bool {
        get throws {
            let text = String(decoding: try FilePath.read(config), as: UTF8.self)
            return (try? JSONValue(parsing: text))?["warehouse"] != .bool(false)
        }
    }

    /// The folder of expectations.
    var expectations: String { path + "/expect" }

    /// The file that lists the dead letters that must be there.
    var deadLetters: String { expectations + "/dead-letters.csv" }

    /// Makes a folder with a copy of the settings and links to all else, to run the case there.
    ///
    /// What functions write beside their settings does not get into the case then.
    ///
    /// - Returns: The path of the settings in that folder.
    func linked(in place: String) throws -> String {
        try FilePath.makeFolder(place)
        for entry in try FilePath.names(in: path) where entry != CommonOptions.configName {
            guard symlink("\(path)/\(entry)", "\(place)/\(entry)") == 0 else {
                throw BucketsError(step: "link \(entry) in \(place)")
            }
        }
        let settings = "\(place)/\(CommonOptions.configName)"
        try AtomicFile.write(try FilePath.read(config), to: settings, durable: false)
        return settings
    }

    /// What happens to stage-1 between two runs of the flow.
    struct Step: Sendable {
        /// Keys to delete first.
        var deletions: [String] = []
        /// The folder whose files are dropped then, by their keys; nil for none.
        var drop: String?
    }

    /// The cases in a folder, itself included, by path.
    ///
    /// A case's own folders are not searched.
    static func all(in folder: String) throws -> [CaseFolder] {
        if access(folder + "/" + CommonOptions.configName, R_OK) == 0 {
            return [CaseFolder(path: folder)]
        }
        return try FilePath.names(in: folder).flatMap { name -> [CaseFolder] in
            let below = folder + "/" + name
            return isFolder(below) && !name.hasPrefix(".") ? try all(in: below) : []
        }
    }

    /// What is dropped, and deleted, in turn.
    func steps() throws -> [Step] {
        var steps = [Step(drop: path + "/stage-1")]
        while true {
            let place = "\(path)/stage-1.\(steps.count + 1)"
            var step = Step()
            if Self.isFolder(place) { step.drop = place }
            if access(place + ".delete", R_OK) == 0 {
                let text = String(decoding: try FilePath.read(place + ".delete"), as: UTF8.self)
                step.deletions = text.split(whereSeparator: \.isNewline).map(String.init)
            }
            guard step.drop != nil || !step.deletions.isEmpty else { return steps }
            steps.append(step)
        }
    }

    /// A statement and the file with the rows that it must give.
    struct Expectation: Sendable {
        /// The statement's file, below the case.
        var statement: String
        /// The file of the rows, below the case.
        var rows: String
        /// What `query` is given; nil for the text of the statement.
        var savedQuery: String?
    }

    /// What is asked: each `expect/NAME.sql`, and each saved query `queries/NAME.sql`; the rows
    /// are always `expect/NAME.csv`.
    ///
    /// - Throws: `CommandFailure` when a name stands in both folders.
    func expected() throws -> [Expectation] {
        let own = try Self.statements(in: expectations)
        let saved = try Self.statements(in: path + "/queries")
        if let twice = own.first(where: saved.contains) {
            throw CommandFailure.usage(
                "\(path): both expect/ and queries/ hold \(twice).sql; rename one of them"
            )
        }
        return own.map { Expectation(statement: "expect/\($0).sql", rows: "expect/\($0).csv") }
            + saved.map {
                Expectation(
                    statement: "queries/\($0).sql",
                    rows: "expect/\($0).csv",
                    savedQuery: "@\($0)"
                )
            }
    }

    private static func statements(in folder: String) throws -> [String] {
        try FilePath.names(in: folder).filter { $0.hasSuffix(".sql") && !$0.hasPrefix(".") }
            .map { String($0.dropLast(4)) }
    }

    /// The files below a folder as keys, in the order of keys.
    static func keys(in folder: String) throws -> [String] {
        try FilePath.names(in: folder).flatMap { name -> [String] in
            let below = folder + "/" + name
            return isFolder(below) ? try keys(in: below).map { "\(name)/\($0)" } : [name]
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

/// How a case went.
struct CaseReport: Sendable, CustomStringConvertible {
    /// The case's name.
    let name: String
    /// What differs or failed, each with its details on further lines; empty if it passed.
    let problems: [String]
    /// Where its buckets are, if they were kept.
    var buckets: String?
    /// The schema of another warehouse in which its tables are, if it was kept.
    var schema: String?

    var description: String {
        let kept =
            (buckets.map { "\n  buckets: \($0)" } ?? "")
            + (schema.map { "\n  schema: \($0)" } ?? "")
        if problems.isEmpty { return "passed  \(name)\(kept)" }
        let details = problems.map { "  " + $0.replacing("\n", with: "\n  ") }
        return "FAILED  \(name)\n\(details.joined(separator: "\n"))\(kept)"
    }
}
