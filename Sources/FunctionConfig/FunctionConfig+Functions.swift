import Events

extension FunctionConfig {
    /// Functions of Sluice's own, with what they write.
    static let standardFunctions = [
        "split", "crawl", "convert", "load", "similarity", "derive", "compact", "vacuum",
    ]

    private static let reservedVariables: Set<String> = [
        "PATH", "HOME", "LANG", "TZ", "SLUICE_CONFIG", "SLUICE_BUCKETS", "SLUICE_DEADLINE_MS",
    ]

    static func readFunctions(
        _ root: SettingsReader,
        folder: String,
        tables: [TableSettings],
        warehouse: Warehouse,
        _ surroundings: Surroundings
    ) -> [FunctionSettings] {
        guard let reader = root.object("functions") else {
            let derives = tables.contains { $0.derivation != nil }
            return standardFunctions.filter { derives || $0 != "derive" }.map { name in
                var settings = FunctionSettings(
                    name: name,
                    handler: name,
                    concurrency: defaultConcurrency(of: name, warehouse, surroundings)
                )
                if name == "similarity" { settings.memory = 4096 }
                return settings
            }
        }
        return reader.eachObject().map { name, reader in
            if !isFunctionName(name) {
                reader.add(
                    "",
                    "`\(name)` is no function name",
                    "use 1 to 64 letters, digits, - and _"
                )
            }
            return readFunction(name, reader, folder: folder, warehouse, surroundings)
        }
    }

    private static func defaultConcurrency(
        of handler: String,
        _ warehouse: Warehouse,
        _ surroundings: Surroundings
    ) -> Int {
        if handler == "load", case .duckDB = warehouse { return 1 }
        return copyingHandlers.contains(handler) ? 1 : surroundings.cores
    }

    private static func isFunctionName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
                    || $0 == "-" || $0 == "_"
            }
    }

    private static func readFunction(
        _ name: String,
        _ reader: SettingsReader,
        folder: String,
        _ warehouse: Warehouse,
        _ surroundings: Surroundings
    ) -> FunctionSettings {
        let handler = reader.string("handler") ?? name
        var settings = FunctionSettings(
            name: name,
            handler: handler.contains("/") ? absolute(handler, in: folder) : handler,
            concurrency: defaultConcurrency(of: handler, warehouse, surroundings)
        )
        let long =
            ["convert", "load", "similarity", "derive", "compact", "vacuum"] + copyingHandlers
        let longest = long.contains(handler) ? 86_400 : 900
        settings.timeout = reader.integer("timeout", in: 1...longest, unit: "seconds") ?? 900
        settings.memory =
            reader.integer("memory", in: 16...(1 << 24), unit: "MiB")
            ?? (handler == "similarity" ? 4096 : 1024)
        settings.concurrency =
            reader.integer("concurrency", in: 0...1000, unit: "runs") ?? settings.concurrency
        if handler == "load", case .duckDB = warehouse, settings.concurrency > 1 {
            reader.add(
                "concurrency",
                "a DuckDB file admits one writer",
                "use 1, or 0 to pause the function"
            )
        }
        if let direction = FolderCopy.Direction(rawValue: handler) {
            settings.copy = readCopy(
                direction,
                reader,
                folder: folder,
                bucketsFolder: surroundings.bucketsFolder
            )
            if settings.concurrency > 1 {
                reader.add("concurrency", "it copies once at a time", "use 1, or 0 to pause it")
            }
        }
        settings.retries = reader.integer("retries", in: 0...2, unit: "tries") ?? 2
        settings.retryDelays = retryDelays(reader)
        settings.maxEventAge =
            reader.integer("maxEventAge", in: 60...21_600, unit: "seconds") ?? 21_600
        settings.writes = reader.strings("writes")?.map { Glob($0) }
        settings.onSuccess = readDestination(.success, reader)
        settings.onFailure = readDestination(.failure, reader)
        if let variables = reader.object("environment") {
            for (variable, text) in variables.eachString() {
                if isReserved(variable, copies: copyingHandlers.contains(handler)) {
                    variables.add(variable, "Sluice sets this variable itself", "remove it")
                }
                settings.writtenEnvironment[variable] = text
                settings.environment[variable] = substituted(
                    text,
                    variable,
                    variables,
                    surroundings.environment
                )
            }
        }
        reader.finish()
        return settings
    }

    /// Whether a function's settings cannot set a variable; `aws` needs some of its own.
    private static func isReserved(_ variable: String, copies: Bool) -> Bool {
        reservedVariables.contains(variable)
            || variable.hasPrefix(copies ? "AWS_LAMBDA_" : "AWS_")
    }

    private static func retryDelays(_ reader: SettingsReader) -> [Int] {
        guard let value = reader.value("retryDelays") else { return [60, 120] }
        let delays = value.array?.map { $0.integer.map(Int.init) ?? -1 } ?? [-1]
        guard delays.allSatisfy({ (0...21_600).contains($0) }), !delays.isEmpty else {
            reader.add(
                "retryDelays",
                "it is not a list of seconds",
                "write whole numbers from 0 to 21600, such as [60, 120]"
            )
            return [60, 120]
        }
        return delays
    }
}
