import Events
import FoundationEssentials
import Glibc

extension FunctionConfig {
    /// Where a configuration stands: what its relative paths and defaults refer to.
    public struct Surroundings: Sendable {
        /// The absolute path of the buckets folder; `warehouse` counts from it.
        public var bucketsFolder: String
        /// Sluice's own environment, for `${NAME}`.
        public var environment: [String: String]
        /// The folder of Sluice's programs; nil where handlers need not be there.
        public var programs: String?
        /// The number of cores.
        public var cores: Int
        /// The machine's memory in MiB.
        public var memory: Int

        /// This machine, with a buckets folder and an environment.
        public init(bucketsFolder: String, environment: [String: String]) {
            self.bucketsFolder = bucketsFolder
            self.environment = environment
            cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
            memory = sysconf(Int32(_SC_PHYS_PAGES)) / 256 * sysconf(Int32(_SC_PAGESIZE)) / 4096
        }
    }

    /// Reads and checks a file.
    ///
    /// Without the key `functions` or `triggers` the standard flow stands there: `split`, `crawl`,
    /// `convert`, `load`, and `similarity` and `derive` where a table asks for them.
    ///
    /// - Throws: `FunctionConfigError` with every problem that can be seen without running anything.
    public init(path: String, surroundings: Surroundings) throws(FunctionConfigError) {
        let text: String
        do {
            let content = try Data(contentsOf: URL(filePath: path))
            guard let decoded = String(data: content, encoding: .utf8) else {
                throw CocoaError(.fileReadInapplicableStringEncoding)
            }
            text = decoded
        } catch {
            throw FunctionConfigError(problems: [
                FunctionConfigProblem(
                    path: "",
                    problem: "\(path) cannot be read as UTF-8 text",
                    remedy: "name an existing file with --config"
                )
            ])
        }
        try self.init(json: text, path: path, surroundings: surroundings)
    }

    /// Checks the text of a file that stands, or would stand, at `path`.
    ///
    /// - Throws: `FunctionConfigError` with every problem.
    public init(
        json text: String,
        path: String,
        surroundings: Surroundings
    ) throws(FunctionConfigError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text)
        } catch {
            throw FunctionConfigError(problems: [
                FunctionConfigProblem(
                    path: "line \(error.line)",
                    problem: "this is not JSON",
                    remedy: "\(error.expected) was expected there"
                )
            ])
        }
        let findings = SettingsReader.Findings()
        let root = SettingsReader(value, path: "", findings: findings)
        self.init(path: path)
        readTop(root, surroundings: surroundings)
        tables = Self.readTables(root, folder: folder)
        functions = Self.readFunctions(
            root,
            folder: folder,
            tables: tables,
            warehouse: warehouse,
            surroundings
        )
        if !hasWarehouse { leaveOutLoading(root) }
        triggers = Self.readTriggers(
            root,
            standard: Self.standardTriggers(tables).filter {
                hasWarehouse || $0.function != "load"
            },
            tables: tables,
            functions: functions
        )
        root.finish()
        variables = findings.variables
        checkTogether(findings)
        if let programs = surroundings.programs {
            findings.problems +=
                handlerProblems(programs: programs) + migrationProblems() + queryProblems()
        }
        guard findings.problems.isEmpty else {
            throw FunctionConfigError(problems: findings.problems)
        }
    }

    /// The standard flow, as if `{}` stood in a file at `path`.
    public static func standard(
        path: String,
        surroundings: Surroundings
    ) throws(FunctionConfigError) -> FunctionConfig {
        var config = try FunctionConfig(json: "{}", path: path, surroundings: surroundings)
        config.hasFile = false
        return config
    }

    private init(path: String) {
        self.path = path
        functions = []
        triggers = []
        tables = []
        warehouse = .duckDB(path: "")
        maxProcesses = 1
        maxMemory = 0
    }

    private mutating func readTop(_ root: SettingsReader, surroundings: Surroundings) {
        maxProcesses =
            root.integer("maxProcesses", in: 1...1024, unit: "processes") ?? surroundings.cores
        maxMemory =
            root.integer("maxMemory", in: 64...(.max), unit: "MiB") ?? surroundings.memory / 2
        readRetention(root)
        readWarehouse(root, surroundings: surroundings)
        migrations = root.string("migrations").map { Self.absolute($0, in: folder) }
    }

    private mutating func readRetention(_ root: SettingsReader) {
        guard let value = root.value("retention") else { return }
        let days: Double? =
            switch value {
            case .integer(let number): Double(number)
            case .double(let number): number
            default: nil
            }
        if value == .bool(false) {
            retention = nil
        } else if let days, (0.0001...36_500).contains(days) {
            retention = days
        } else {
            root.add(
                "retention",
                "it is neither a number of days from 0.0001 to 36500 nor false",
                "write 30, or false to keep everything"
            )
        }
    }

    /// Without a warehouse there is no `load`, and nothing that is made there.
    private mutating func leaveOutLoading(_ root: SettingsReader) {
        let remedy = "remove it, or `\"warehouse\": false`"
        if migrations != nil { root.add("migrations", "there is no warehouse for it", remedy) }
        guard root.value("functions") != nil else {
            functions.removeAll { $0.handler == "load" }
            return
        }
        for function in functions where function.handler == "load" {
            root.add("functions.\(function.name)", "there is no warehouse to load into", remedy)
        }
    }

    private mutating func readWarehouse(_ root: SettingsReader, surroundings: Surroundings) {
        hasWarehouse = root.value("warehouse") != .bool(false)
        let text = (hasWarehouse ? root.string("warehouse") : nil) ?? "warehouse.duckdb"
        let place = Self.substituted(text, "warehouse", root, surroundings.environment)
        let schema = root.string("warehouseSchema")
        guard PostgresServer.isURL(place) else {
            warehouse = .duckDB(path: Self.absolute(place, in: surroundings.bucketsFolder))
            if schema != nil {
                root.add(
                    "warehouseSchema",
                    "a DuckDB file has no use for it",
                    "remove it, or name a PostgreSQL server as `warehouse`"
                )
            }
            return
        }
        if let schema, !Self.isSchemaName(schema) {
            root.add(
                "warehouseSchema",
                "`\(schema)` is no plain name of a schema",
                "use at most 63 lower-case letters, digits and _, the first no digit, not pg_..."
            )
        }
        do throws(PostgresServer.Flaw) {
            warehouse = .postgres(try PostgresServer(url: place, schema: schema ?? "public"))
        } catch {
            root.add("warehouse", error.problem, error.remedy)
        }
    }

    private static func isSchemaName(_ name: String) -> Bool {
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "0"..."9", "_": true
            default: false
            }
        }
        return isPlain && (1...63).contains(name.utf8.count) && !name.hasPrefix("pg_")
            && !("0"..."9").contains(name.prefix(1))
    }

    static func absolute(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }

    /// Replaces each `${NAME}` by the variable of Sluice's own environment.
    static func substituted(
        _ text: String,
        _ name: String,
        _ reader: SettingsReader,
        _ environment: [String: String]
    ) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            guard rest.first == "{", let end = rest.firstIndex(of: "}") else {
                result += "$"
                continue
            }
            let variable = String(rest[rest.index(after: rest.startIndex)..<end])
            if let value = environment[variable] {
                reader.keep(variable: variable, value: value)
                result += value
            } else {
                reader.add(
                    name,
                    "the environment variable \(variable) is not set",
                    "set it where Sluice is started, or write the value"
                )
            }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
