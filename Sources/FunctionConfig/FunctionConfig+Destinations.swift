public import Events

extension FunctionConfig {
    /// The triggers that `onSuccess` and `onFailure` stand for: a function that gets records runs
    /// on one at a time.
    public var destinationTriggers: [Trigger] {
        functions.flatMap { function in
            function.destinations.compactMap { end, place -> Trigger? in
                guard case .function(let target) = place else { return nil }
                return Trigger(
                    id: function.destinationTrigger(of: end),
                    function: target,
                    source: .destination(of: function.name, end),
                    batch: .init(size: 1)
                )
            }
        }
    }

    /// A trigger by its id, also one that a destination stands for.
    public func trigger(id: String) -> Trigger? {
        triggers.first { $0.id == id } ?? destinationTriggers.first { $0.id == id }
    }

    /// The run whose record an object is; nil for any other object.
    public func run(ofRecord object: ObjectKey) -> String? {
        let path = object.description
        let folders = functions.flatMap { function in
            function.destinations.compactMap { $0.place.folder(of: function.name) }
        }
        guard let folder = folders.first(where: path.hasPrefix) else { return nil }
        // `<yyyy>/<mm>/<dd>/<request id>-<sequencer>.json`
        let rest = path.dropFirst(folder.count).split(separator: "/")
        guard rest.count == 4, rest[3].count == 36 + 1 + 16 + 5, rest[3].hasSuffix(".json") else {
            return nil
        }
        return String(rest[3].prefix(36))
    }

    /// Buckets whose files Sluice's own handlers look after.
    private static let ownBuckets: Set = ["stage-2", "catalog", "lake", "quarantine"]

    static func readDestination(_ end: EventEnd, _ reader: SettingsReader) -> Destination? {
        guard let reader = reader.object(end.rawValue) else { return nil }
        let function = reader.string("function")
        let bucket = reader.string("bucket")
        let prefix = reader.string("prefix") ?? ""
        reader.finish()
        switch (function, bucket) {
        case (let function?, nil):
            if !prefix.isEmpty {
                reader.add("prefix", "a function has no use for it", "remove it, or name a bucket")
            }
            return .function(function)
        case (nil, let bucket?):
            checkPlace(bucket, prefix, reader)
            let isWhole = prefix.isEmpty || prefix.hasSuffix("/")
            return .folder(bucket: bucket, prefix: isWhole ? prefix : prefix + "/")
        default:
            reader.add(
                "",
                "a destination is either a function or a bucket",
                "write { \"function\": \"...\" } or { \"bucket\": \"...\", \"prefix\": \"...\" }"
            )
            return nil
        }
    }

    private static func checkPlace(_ bucket: String, _ prefix: String, _ reader: SettingsReader) {
        if bucket.isEmpty || bucket.contains("/") || bucket.hasPrefix(".") {
            reader.add("bucket", "`\(bucket)` is no bucket name", "use the name of one folder")
        } else if ownBuckets.contains(bucket) {
            reader.add(
                "bucket",
                "Sluice's handlers look after `\(bucket)` by themselves",
                "use `results` or a bucket of your own"
            )
        }
        var parts = prefix.split(separator: "/", omittingEmptySubsequences: false)
        if parts.last == "" { parts.removeLast() }
        if parts.contains(where: { $0.isEmpty || $0.hasPrefix(".") }) {
            reader.add(
                "prefix",
                "`\(prefix)` has a part that is empty or begins with a dot",
                "use a path such as failures/convert"
            )
        }
    }

    /// What is wrong with destinations when functions are held against each other.
    func checkDestinations(_ add: (String, String, String) -> Void) {
        let own = Set(Self.standardFunctions + ["sync"])
        for function in functions {
            for (end, place) in function.destinations {
                guard case .function(let name) = place else { continue }
                let path = "functions.\(function.name).\(end.rawValue).function"
                guard let target = self.function(named: name) else {
                    let names = functions.map(\.name).joined(separator: ", ")
                    add(path, "there is no function `\(name)`", "use one of \(names)")
                    continue
                }
                if own.contains(target.handler) {
                    add(
                        path,
                        "the handler `\(target.handler)` cannot take a record",
                        "name a function with a handler of your own, or `publish`"
                    )
                }
            }
        }
        let ids = Set(destinationTriggers.map(\.id))
        for (index, trigger) in triggers.enumerated() where ids.contains(trigger.id) {
            add(
                "triggers[\(index)].id",
                "`\(trigger.id)` stands for a destination",
                "give the trigger another id"
            )
        }
    }

    /// The functions to which records of a function go, and what its records in buckets are.
    func reach(of function: FunctionSettings) -> (functions: [String], files: [Glob]) {
        var functions: [String] = []
        var files: [Glob] = []
        for (_, place) in function.destinations {
            if case .function(let name) = place { functions.append(name) }
            if let folder = place.folder(of: function.name) { files.append(Glob(folder + "**")) }
        }
        return (functions, files)
    }
}
