public import Events

extension FunctionConfig {
    /// The table that an object belongs to.
    ///
    /// A table's `match` takes precedence, the one with the longest literal prefix; downstream of
    /// `stage-1` the first folder is the table.
    public func table(of object: ObjectKey) -> String {
        tableMatching(object)?.name ?? Self.tableName(ofKey: object.key)
    }

    /// The table that claims an object by its `match`; nil when the key alone decides.
    public func tableMatching(_ object: ObjectKey) -> TableSettings? {
        let matching = tables.filter { $0.match?.matches(object.description) == true }
        return matching.max {
            ($0.match?.literalPrefix.count ?? 0) < ($1.match?.literalPrefix.count ?? 0)
        }
    }

    /// The table that a key names by itself: its first folder, otherwise its name up to a dot.
    public static func tableName(ofKey key: String) -> String {
        let first: Substring
        if let slash = key.firstIndex(of: "/") {
            first = key[..<slash]
        } else {
            first = key.prefix { $0 != "." }
        }
        return ColumnNames.folded(first)
    }

    /// The bucket triggers that an event for an object sets off, in the order of the file.
    ///
    /// `eventName` is S3's without prefix, such as `ObjectCreated:Put`.
    public func triggers(for object: ObjectKey, eventName: String) -> [Trigger] {
        let table = table(of: object)
        return triggers.filter {
            $0.mismatch(object, eventName: eventName, table: table) == nil
        }
    }

    /// What each trigger says of an event for an object, in the order of the file.
    ///
    /// Those without a mismatch are `triggers(for:eventName:)`.
    public func verdicts(on object: ObjectKey, eventName: String) -> [TriggerVerdict] {
        let table = table(of: object)
        return triggers.map {
            TriggerVerdict(
                trigger: $0,
                mismatch: $0.mismatch(object, eventName: eventName, table: table)
            )
        }
    }

    /// The triggers that wait for the end of a crawler's run.
    ///
    /// `state` is `Succeeded` or `Failed`.
    public func triggers(forCrawler function: String, state: String) -> [Trigger] {
        triggers.filter { trigger in
            guard case .crawler(function, let states) = trigger.source else { return false }
            return states.contains(state)
        }
    }

    /// Whether the end of this function's runs is a Glue event.
    public func isCrawler(_ function: String) -> Bool {
        triggers.contains { trigger in
            guard case .crawler(function, _) = trigger.source else { return false }
            return true
        }
    }
}
