import Events

extension FunctionConfig {
    static func readTriggers(
        _ root: SettingsReader,
        standard: [Trigger],
        tables: [TableSettings],
        functions: [FunctionSettings]
    ) -> [Trigger] {
        guard let elements = root.value("triggers") else { return standard }
        guard let elements = elements.array else {
            root.add("triggers", "it is not a list", "write [ { ... } ]")
            return []
        }
        return elements.indices.flatMap { index -> [Trigger] in
            if elements[index] == .string("standard") {
                let missing = Set(standard.map(\.function)).subtracting(functions.map(\.name))
                for name in missing.sorted() {
                    root.add(
                        "triggers[\(index)]",
                        "the standard flow has a function `\(name)`, which is not there",
                        "add `\"\(name)\": {}` to functions, or write the triggers out"
                    )
                }
                return missing.isEmpty ? standard : []
            }
            let reader = root.element(index, of: "triggers", elements[index])
            return [readTrigger(reader, tables: tables, functions: functions)]
        }
    }

    private static func readTrigger(
        _ reader: SettingsReader,
        tables: [TableSettings],
        functions: [FunctionSettings]
    ) -> Trigger {
        let trigger = readTrigger(reader, tables: tables)
        if !functions.contains(where: { $0.name == trigger.function }) {
            reader.add(
                "function",
                "there is no function `\(trigger.function)`",
                "use one of \(functions.map(\.name).joined(separator: ", "))"
            )
        }
        if case .crawler(let crawler, _) = trigger.source,
            !functions.contains(where: { $0.name == crawler })
        {
            reader.add(
                "crawler",
                "there is no function `\(crawler)`",
                "name the crawling function"
            )
        }
        return trigger
    }

    private static func readTrigger(_ reader: SettingsReader, tables: [TableSettings]) -> Trigger {
        let id = reader.string("id") ?? ""
        if id.isEmpty { reader.add("id", "it is missing", "give the trigger a name of its own") }
        let function = reader.string("function") ?? ""
        let bucket = reader.string("bucket")
        let crawler = reader.string("crawler")
        let schedule = reader.string("schedule")
        if [bucket, crawler, schedule].count(where: { $0 != nil }) != 1 {
            reader.add(
                "",
                "a trigger names exactly one source",
                "give one of bucket, crawler, schedule"
            )
        }
        let source: Trigger.Source
        if let crawler {
            let states = reader.strings("states") ?? ["Succeeded"]
            for state in states where !["Succeeded", "Failed"].contains(state) {
                reader.add("states", "`\(state)` is not known", "use Succeeded, Failed")
            }
            source = .crawler(function: crawler, states: states)
        } else if let schedule {
            source = .schedule(readSchedule(schedule, reader))
        } else {
            source = .bucket(readBucketSource(bucket ?? "", reader, tables: tables))
        }
        var batch = Trigger.Batch(size: crawler == nil ? 1 : 100)
        if case .schedule = source {
            if reader.value("batch") != nil {
                reader.add("batch", "a schedule sends one event at a time", "remove it")
            }
        } else if let settings = reader.object("batch") {
            batch.size = settings.integer("size", in: 1...10_000, unit: "objects") ?? batch.size
            batch.bytes =
                settings.integer("bytes", in: 1...(.max), unit: "bytes").map(Int64.init)
                ?? batch.bytes
            batch.window = settings.seconds("window", in: 0...300) ?? 0
            settings.finish()
        }
        reader.finish()
        return Trigger(id: id, function: function, source: source, batch: batch)
    }

    private static func readSchedule(_ text: String, _ reader: SettingsReader) -> Schedule {
        do {
            return try Schedule(text)
        } catch {
            reader.add("schedule", error.problem, error.remedy)
            return .rate(.daily)
        }
    }

    private static func readBucketSource(
        _ bucket: String,
        _ reader: SettingsReader,
        tables: [TableSettings]
    ) -> Trigger.BucketSource {
        var source = Trigger.BucketSource(bucket: bucket)
        if bucket.contains("/") || bucket.hasPrefix(".") {
            reader.add("bucket", "`\(bucket)` is no bucket name", "use the name of one folder")
        }
        source.events = reader.strings("events") ?? source.events
        for event in source.events where !knownEvents.contains(event) {
            reader.add(
                "events",
                "`\(event)` is not known",
                "use \(knownEvents.joined(separator: ", "))"
            )
        }
        source.prefix = reader.string("prefix") ?? ""
        source.suffix = reader.string("suffix") ?? ""
        source.tables = reader.strings("tables")
        if let setting = reader.string("tablesWith") {
            let names = tablesWith(setting, in: tables)
            if names == nil {
                reader.add("tablesWith", "`\(setting)` is not known", "use similarity, from, query")
            }
            source.tables = source.tables.map { $0.filter((names ?? []).contains) } ?? names ?? []
            source.tablesWith = setting
        }
        return source
    }

    /// The tables that a setting of `tablesWith` means; nil for one that is not known.
    private static func tablesWith(_ setting: String, in tables: [TableSettings]) -> [String]? {
        switch setting {
        case "similarity": tables.filter { $0.similarity != nil }.map(\.name)
        case "from": sources(of: tables)
        case "query": tables.filter { $0.derivation != nil }.map(\.name)
        default: nil
        }
    }

    private static let knownEvents = [
        "s3:ObjectCreated:*", "s3:ObjectCreated:Put", removals, "s3:ObjectRemoved:Delete",
    ]

    /// Every way in which an object can go.
    static let removals = "s3:ObjectRemoved:*"

    /// The triggers of a file that names none; in a list of others `"standard"` stands for them.
    static func standardTriggers(_ tables: [TableSettings]) -> [Trigger] {
        var dropped = Trigger.BucketSource(bucket: "stage-1")
        if tables.contains(where: \.retractsDeleted) { dropped.events.append(removals) }
        var newFile = Trigger(
            id: "new-file",
            function: "split",
            source: .bucket(dropped),
            batch: .init(size: 100)
        )
        newFile.batch.window = 0
        var staged = Trigger.BucketSource(bucket: "stage-2")
        staged.suffix = "/_manifest.json"
        var crawl = Trigger(
            id: "staged",
            function: "crawl",
            source: .bucket(staged),
            batch: .init(size: 100)
        )
        crawl.batch.window = 0.2
        let crawled = Trigger.Source.crawler(function: "crawl", states: ["Succeeded"])
        var triggers = [
            newFile, crawl,
            Trigger(id: "to-lake", function: "convert", source: crawled, batch: .init(size: 100)),
            Trigger(id: "to-wh", function: "load", source: crawled, batch: .init(size: 100)),
        ]
        triggers += similarityTriggers(tables) + derivingTriggers(tables)
        return triggers
    }

    private static func similarityTriggers(_ tables: [TableSettings]) -> [Trigger] {
        let compared = tables.filter { $0.similarity != nil }.map(\.name)
        guard !compared.isEmpty else { return [] }
        var commits = Trigger.BucketSource(bucket: "lake")
        commits.suffix = ".json"
        commits.tables = compared
        var similar = Trigger(
            id: "similar",
            function: "similarity",
            source: .bucket(commits),
            batch: .init(size: 1000)
        )
        similar.batch.window = 1
        commits.tables = similarityTables
        return [
            similar,
            Trigger(
                id: "similar-wh",
                function: "load",
                source: .bucket(commits),
                batch: .init(size: 1)
            ),
        ]
    }

    /// The tables that `similarity` writes.
    public static let similarityTables = [
        "weighted_distances", "distances_over_time", "compared_sets",
    ]
}
