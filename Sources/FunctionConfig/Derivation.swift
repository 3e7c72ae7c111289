extension TableSettings {
    /// How a table is made of other tables of the lake.
    public struct Derivation: Sendable, Equatable {
        /// The lake tables that the query reads, each once.
        public var from: [String]
        /// The absolute path of a SQL file: one `SELECT` over the tables of `from`.
        public var query: String
        /// When the table is made anew.
        ///
        /// Defaults to `on-commit`.
        public var refresh: Refresh

        /// Puts a derivation together.
        public init(from: [String], query: String, refresh: Refresh = .onCommit) {
            self.from = from
            self.query = query
            self.refresh = refresh
        }
    }

    /// When a derived table is made anew.
    public enum Refresh: Sendable, Equatable, CustomStringConvertible {
        /// After each commit of a table that it is made of.
        case onCommit
        /// By the clock.
        case schedule(Schedule)

        /// As it is written in `functions.json`.
        public var description: String {
            switch self {
            case .onCommit: "on-commit"
            case .schedule(let schedule): schedule.description
            }
        }
    }
}

extension FunctionConfig {
    /// The tables that are made of others, in the order of the file.
    public var derivedTables: [TableSettings] { tables.filter { $0.derivation != nil } }

    /// Derived tables in an order in which each comes behind those that it is made of.
    public var derivedTablesInOrder: [TableSettings] {
        var ordered: [TableSettings] = []
        var rest = derivedTables
        while !rest.isEmpty {
            let waiting = Set(rest.map(\.name))
            let next = rest.filter { waiting.isDisjoint(with: $0.derivation?.from ?? []) }
            // Settings with a cycle are refused.
            guard !next.isEmpty else { return ordered + rest }
            ordered += next
            rest.removeAll { next.contains($0) }
        }
        return ordered
    }

    /// The tables whose commits make a derived table anew, each once.
    static func sources(of tables: [TableSettings]) -> [String] {
        var seen: Set<String> = []
        return tables.filter { $0.derivation?.refresh == .onCommit }
            .flatMap { $0.derivation?.from ?? [] }
            .filter { seen.insert($0).inserted }
    }

    /// The triggers of the standard flow that make derived tables and load them.
    ///
    /// Tables with the same schedule share a trigger, called after the first of them.
    static func derivingTriggers(_ tables: [TableSettings]) -> [Trigger] {
        let derived = tables.filter { $0.derivation != nil }
        guard !derived.isEmpty else { return [] }
        var triggers: [Trigger] = []
        func commits(_ id: String, _ function: String, of setting: String, _ names: [String]) {
            var commits = Trigger.BucketSource(bucket: "lake")
            commits.suffix = ".json"
            commits.tables = names
            commits.tablesWith = setting
            triggers.append(
                Trigger(
                    id: id,
                    function: function,
                    source: .bucket(commits),
                    batch: .init(size: 1000)
                )
            )
        }
        let sources = sources(of: tables)
        if !sources.isEmpty { commits("derived", "derive", of: "from", sources) }
        var schedules: [Schedule] = []
        for table in derived {
            guard case .schedule(let schedule) = table.derivation?.refresh,
                !schedules.contains(schedule)
            else { continue }
            schedules.append(schedule)
            triggers.append(
                Trigger(
                    id: "refresh-\(table.name)",
                    function: "derive",
                    source: .schedule(schedule),
                    batch: .init(size: 1)
                )
            )
        }
        commits("derived-wh", "load", of: "query", derived.map(\.name))
        return triggers
    }
}
