import Glibc

extension FunctionConfig {
    private static let derivingKeys = ["from", "query", "refresh"]

    /// Settings of tables that are made of files and mean nothing for one that is made of others.
    private static let filesKeys = [
        "match", "format", "columns", "columnMap", "otherColumns", "maxPartitions", "mode", "keys",
        "transform", "onError", "onDelete", "chunks", "rewriteLimit", "similarity",
    ]

    /// Whether a table's settings are those of a derived one, whole or not.
    static func isDerived(_ reader: SettingsReader) -> Bool {
        reader.names.contains { derivingKeys.contains($0) && reader.value($0) != nil }
    }

    static func readDerivedTable(
        _ name: String,
        _ reader: SettingsReader,
        folder: String
    ) -> TableSettings {
        var table = TableSettings(name: name)
        let query = reader.string("query")
        if query == nil, reader.value("query") == nil {
            reader.add(
                "query",
                "it is missing",
                "name a SQL file that makes the table, or remove `from` and `refresh`"
            )
        }
        for key in filesKeys where reader.value(key) != nil {
            reader.add(
                key,
                "it is about files, and this table is made of others by `query`",
                "remove it"
            )
        }
        let from = readFrom(name, reader)
        let refresh = readRefresh(reader)
        table.sortBy = reader.strings("sortBy") ?? []
        readDerivedPartitions(&table, reader)
        table.derivation = TableSettings.Derivation(
            from: from,
            query: absolute(query ?? "", in: folder),
            refresh: refresh
        )
        return table
    }

    private static func readFrom(_ name: String, _ reader: SettingsReader) -> [String] {
        guard let from = reader.strings("from") else {
            if reader.value("from") == nil {
                reader.add("from", "it is missing", "list the tables that the query reads")
            }
            return []
        }
        if from.isEmpty {
            reader.add("from", "it is empty", "list the tables that the query reads")
        }
        for (index, source) in from.enumerated() {
            if source.isEmpty || tableName(ofKey: source + "/x") != source {
                reader.add(
                    "from",
                    "`\(source)` cannot be the name of a table",
                    "use lower-case letters, digits and _"
                )
            }
            if source == name {
                reader.add("from", "it names the table itself", "name the tables it is made of")
            }
            if from[..<index].contains(source) {
                reader.add("from", "`\(source)` stands there twice", "keep one")
            }
        }
        return from
    }

    private static func readRefresh(_ reader: SettingsReader) -> TableSettings.Refresh {
        guard let text = reader.string("refresh"), text != "on-commit" else { return .onCommit }
        do {
            return .schedule(try Schedule(text))
        } catch {
            reader.add(
                "refresh",
                error.problem,
                "write on-commit, or a schedule: \(error.remedy)"
            )
            return .onCommit
        }
    }

    private static func readDerivedPartitions(
        _ table: inout TableSettings,
        _ reader: SettingsReader
    ) {
        table.partitionBy = reader.strings("partitionBy") ?? []
        for (index, column) in table.partitionBy.enumerated() {
            if column.contains("(") {
                reader.add(
                    "partitionBy",
                    "`\(column)` is computed",
                    "let the query compute the column, and name it here"
                )
            }
            if table.partitionBy[..<index].contains(column) {
                reader.add("partitionBy", "`\(column)` stands there twice", "keep one")
            }
        }
    }

    /// What only shows when derived tables are held against each other and against the triggers.
    func checkDerived(_ add: (String, String, String) -> Void) {
        for cycle in cycles() {
            add(
                "tables.\(cycle[0]).from",
                "this is a cycle: \(cycle.joined(separator: " from "))",
                "let one of these tables be made of others"
            )
        }
        for table in derivedTables where Self.similarityTables.contains(table.name) {
            add("tables.\(table.name)", "`similarity` writes a table of this name", "rename yours")
        }
        checkDeriving(add)
    }

    /// What is wrong with the SQL files of derived tables on this machine.
    func queryProblems() -> [FunctionConfigProblem] {
        derivedTables.compactMap { table in
            guard let query = table.derivation?.query, !query.hasSuffix("/") else { return nil }
            var status = stat()
            guard
                stat(query, &status) != 0 || status.st_mode & S_IFMT == S_IFDIR
                    || access(query, R_OK) != 0
            else { return nil }
            return FunctionConfigProblem(
                path: "tables.\(table.name).query",
                problem: "\(query) is not a file that can be read",
                remedy: "put the SQL there, or correct the path"
            )
        }
    }

    /// Derived tables that are made of themselves, each cycle once, from its first table on.
    private func cycles() -> [[String]] {
        let from = Dictionary(
            derivedTables.map { ($0.name, $0.derivation?.from ?? []) },
            uniquingKeysWith: { first, _ in first }
        )
        func path(_ soFar: [String]) -> [String]? {
            for next in from[soFar[soFar.count - 1]] ?? [] {
                if next == soFar[0] { return soFar.count > 1 ? soFar + [next] : nil }
                if !soFar.contains(next), let found = path(soFar + [next]) { return found }
            }
            return nil
        }
        var seen: Set<Set<String>> = []
        return derivedTables.compactMap { path([$0.name]) }
            .filter { seen.insert(Set($0)).inserted }
    }

    /// Every derived table needs a function and a trigger that make it.
    private func checkDeriving(_ add: (String, String, String) -> Void) {
        let deriving = Set(functions.filter { $0.handler == "derive" }.map(\.name))
        for table in derivedTables {
            guard let derivation = table.derivation else { continue }
            guard !deriving.isEmpty else {
                add(
                    "tables.\(table.name).query",
                    "no function has the handler `derive`, which makes such tables",
                    "add one and its triggers, or leave out `functions`"
                )
                continue
            }
            let triggers = triggers.filter { deriving.contains($0.function) }
            switch derivation.refresh {
            case .onCommit:
                for source in derivation.from
                where !triggers.contains(where: { $0.isSetOff(byCommitOf: source) }) {
                    add(
                        "tables.\(table.name).refresh",
                        "no trigger of `derive` waits for commits of `\(source)`",
                        "add one of bucket lake with tablesWith from, or leave out `triggers`"
                    )
                }
            case .schedule(let schedule):
                guard !triggers.contains(where: { $0.source == .schedule(schedule) }) else {
                    continue
                }
                add(
                    "tables.\(table.name).refresh",
                    "no trigger of `derive` has the schedule \(schedule)",
                    "add one, or leave out `triggers`"
                )
            }
        }
    }
}

extension Trigger {
    fileprivate func isSetOff(byCommitOf table: String) -> Bool {
        guard case .bucket(let source) = source, source.bucket == "lake" else { return false }
        return source.matches(
            key: "\(table)/_delta_log/00000000000000000000.json",
            table: table
        )
    }
}
