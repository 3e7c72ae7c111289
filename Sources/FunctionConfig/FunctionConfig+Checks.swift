import Events
import Glibc

extension FunctionConfig {
    /// What only shows when the parts of the file are held against each other.
    func checkTogether(_ findings: SettingsReader.Findings) {
        func add(_ path: String, _ problem: String, _ remedy: String) {
            findings.problems.append(
                FunctionConfigProblem(path: path, problem: problem, remedy: remedy)
            )
        }
        let ids = triggers.map(\.id)
        for id in Set(ids) where ids.count(where: { $0 == id }) > 1 {
            add("triggers", "two triggers have the id `\(id)`", "give each its own")
        }
        checkSimilarity(add)
        checkDerived(add)
        checkMatches(add)
        checkRetractions(add)
        checkCopies(add)
        checkDestinations(add)
        for (index, first) in triggers.enumerated() {
            for second in triggers[(index + 1)...] where overlap(first, second) {
                add(
                    "triggers[\(index)]",
                    "`\(first.id)` and `\(second.id)` can both send one object to `\(first.function)`",
                    "give them prefixes, suffixes or tables that exclude each other"
                )
            }
        }
        for loop in loops() {
            add(
                "triggers",
                "this is a loop: \(loop.joined(separator: " -> "))",
                "let the function write where no trigger of the loop looks, or narrow a trigger"
            )
        }
    }

    /// What is wrong with functions' handlers on this machine: a name must be an executable of
    /// Sluice's, which lie in the folder `programs`, a path one of the user's.
    func handlerProblems(programs: String) -> [FunctionConfigProblem] {
        functions.compactMap { function in
            let path = Self.absolute(function.handler, in: programs)
            guard access(path, X_OK) != 0 else { return nil }
            return FunctionConfigProblem(
                path: "functions.\(function.name).handler",
                problem: "\(path) is not an executable file",
                remedy: "build it, make it executable, or correct the path"
            )
        }
    }

    /// What is wrong with the folder of migrations and the names of the files in it.
    func migrationProblems() -> [FunctionConfigProblem] {
        guard let migrations else { return [] }
        do throws(FunctionConfigError) {
            _ = try MigrationFolder(path: migrations)
            return []
        } catch {
            return error.problems
        }
    }

    /// What a reader should know although nothing is refused.
    public var warnings: [FunctionConfigProblem] {
        silentFunctions + finishedSchedules(at: UTCTime.nowMicroseconds())
    }

    private var silentFunctions: [FunctionConfigProblem] {
        functions.compactMap { function in
            let known = Self.standardFunctions + Self.copyingHandlers
            guard function.writes == nil, !known.contains(function.handler) else { return nil }
            return FunctionConfigProblem(
                path: "functions.\(function.name)",
                problem: "it does not say what it writes",
                remedy: "add `writes` so that loops are found before they run"
            )
        }
    }

    /// Schedules whose years have passed: their triggers do no more.
    private func finishedSchedules(at now: Int64) -> [FunctionConfigProblem] {
        triggers.enumerated().compactMap { index, trigger in
            guard case .schedule(let schedule) = trigger.source,
                schedule.next(after: now, startedAt: now) == nil
            else { return nil }
            return FunctionConfigProblem(
                path: "triggers[\(index)].schedule",
                problem: "`\(schedule)` has no time left",
                remedy: "give it later years, or remove the trigger"
            )
        }
    }

    private func checkSimilarity(_ add: (String, String, String) -> Void) {
        let compared = tables.filter { $0.similarity != nil }
        if compared.count > 1 {
            add(
                "tables",
                "\(compared.map(\.name).joined(separator: ", ")) all have `similarity`",
                "keep it at one table"
            )
        }
        guard !compared.isEmpty else { return }
        for table in tables where Self.similarityTables.contains(table.name) {
            add("tables.\(table.name)", "`similarity` writes a table of this name", "rename yours")
        }
    }

    private func checkMatches(_ add: (String, String, String) -> Void) {
        for (index, first) in tables.enumerated() {
            for second in tables[(index + 1)...] {
                guard let left = first.match, let right = second.match,
                    left.literalPrefix.count == right.literalPrefix.count, left.overlaps(right)
                else { continue }
                add(
                    "tables.\(second.name).match",
                    "an object can match this and that of `\(first.name)`, and neither is longer",
                    "make one of them more exact"
                )
            }
        }
    }

    private func overlap(_ first: Trigger, _ second: Trigger) -> Bool {
        guard first.function == second.function, case .bucket(let left) = first.source,
            case .bucket(let right) = second.source, left.bucket == right.bucket
        else { return false }
        let kinds = { (source: Trigger.BucketSource) in
            Set(source.events.map { $0.hasPrefix("s3:ObjectCreated") })
        }
        guard !kinds(left).isDisjoint(with: kinds(right)) else { return false }
        if let mine = left.tables, let others = right.tables, Set(mine).isDisjoint(with: others) {
            return false
        }
        return (left.prefix.hasPrefix(right.prefix) || right.prefix.hasPrefix(left.prefix))
            && (left.suffix.hasSuffix(right.suffix) || right.suffix.hasSuffix(left.suffix))
    }

    /// Chains of functions, each writing what sets the next one off, that come back to the first.
    private func loops() -> [[String]] {
        var edges: [String: [String]] = [:]
        // A derived table may be made of others: which of which is looked at by itself.
        let deriving = Set(functions.filter { $0.handler == "derive" }.map(\.name))
        for function in functions {
            let next = triggers.filter { isSetOff($0, by: function) }.map(\.function)
            edges[function.name] =
                next.filter { !deriving.contains(function.name) || !deriving.contains($0) }
                + reach(of: function).functions
        }
        var found: [[String]] = []
        for function in functions {
            if let loop = path(from: function.name, edges: edges, visited: []) {
                found.append(loop)
            }
        }
        var seen: Set<Set<String>> = []
        return found.filter { seen.insert(Set($0)).inserted }
    }

    private func path(
        from start: String,
        edges: [String: [String]],
        visited: [String]
    ) -> [String]? {
        let current = visited.last ?? start
        for next in edges[current] ?? [] {
            if next == start { return (visited.isEmpty ? [start] : visited) + [start] }
            let soFar = visited.isEmpty ? [start] : visited
            guard !soFar.contains(next) else { continue }
            if let loop = path(from: start, edges: edges, visited: soFar + [next]) { return loop }
        }
        return nil
    }

    private func isSetOff(_ trigger: Trigger, by function: FunctionSettings) -> Bool {
        switch trigger.source {
        case .schedule, .destination: return false
        case .crawler(let crawler, _): return crawler == function.name
        case .bucket(let source):
            let patterns = (source.tables ?? [nil as String?].compactMap(\.self)).map { table in
                Glob("\(source.bucket)/\(table)/**\(source.suffix)")
            }
            let watched =
                source.tables == nil
                ? [Glob("\(source.bucket)/\(source.prefix)**\(source.suffix)")] : patterns
            let written = writes(of: function) + reach(of: function).files
            return written.contains { glob in watched.contains(where: glob.overlaps) }
        }
    }

    /// What a function writes: as its settings say, otherwise what is known of Sluice's own.
    public func writes(of function: FunctionSettings) -> [Glob] {
        if let writes = function.writes { return writes }
        switch function.handler {
        case "split": return [Glob("stage-2/**")]
        case "crawl": return [Glob("catalog/*.json")]
        case "convert":
            return [Glob("lake/*/_delta_log/*.json"), Glob("quarantine/**")]
        case "load": return [Glob("quarantine/**")]
        case "compact": return [Glob("lake/*/_delta_log/*.json")]
        case "similarity":
            return Self.similarityTables.map { Glob("lake/\($0)/_delta_log/*.json") }
                + [Glob("results/*.csv")]
        case "derive":
            return derivedTables.map { Glob("lake/\($0.name)/_delta_log/*.json") }
        case "sync": return function.copy.map { [Glob("\($0.folder)/**")] } ?? []
        default: return []
        }
    }
}
