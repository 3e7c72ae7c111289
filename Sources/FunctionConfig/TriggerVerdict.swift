public import Events

/// Whether an event of an object sets off a trigger and, if it does not, why.
public struct TriggerVerdict: Sendable, Equatable {
    /// The trigger.
    public var trigger: Trigger
    /// Why the event does not set it off; nil when it does.
    public var mismatch: Mismatch?

    /// Puts a verdict together.
    public init(trigger: Trigger, mismatch: Mismatch?) {
        self.trigger = trigger
        self.mismatch = mismatch
    }

    /// The first thing that keeps an event from setting off a trigger.
    public enum Mismatch: Sendable, Equatable, CustomStringConvertible {
        /// It waits for the end of a crawler, not for objects.
        case crawler(String)
        /// It waits for a time, not for objects.
        case schedule(String)
        /// It waits for records of another function.
        case destination(String)
        /// It waits for objects of another bucket.
        case bucket(String)
        /// It waits for other kinds of events.
        case events([String])
        /// The key begins otherwise.
        case prefix(String)
        /// The key ends otherwise.
        case suffix(String)
        /// The object is of a table that it does not name; `setting` is that of `tablesWith`.
        case tables([String], setting: String?)

        /// A clause for a reader, as `it waits for objects of bucket stage-2`.
        public var description: String {
            switch self {
            case .crawler(let function): "it waits for the end of \(function)"
            case .schedule(let time): "it waits for \(time)"
            case .destination(let function): "it waits for records of \(function)"
            case .bucket(let bucket): "it waits for objects of bucket \(bucket)"
            case .events(let events): "it waits for \(events.joined(separator: ", "))"
            case .prefix(let prefix): "the key does not begin with `\(prefix)`"
            case .suffix(let suffix): "the key does not end with `\(suffix)`"
            case .tables([], let setting?): "no table has the setting `\(setting)`"
            case .tables(let tables, "from"?):
                "derived tables are made anew after commits of \(tables.joined(separator: ", ")) alone"
            case .tables([], nil): "it names no table"
            case .tables(let tables, let setting?):
                "only \(tables.joined(separator: ", ")) has the setting `\(setting)`"
            case .tables(let tables, nil): "it is for tables \(tables.joined(separator: ", "))"
            }
        }
    }
}

extension Trigger.BucketSource {
    /// Why an object with this key and table does not count; nil when it does.
    public func mismatch(key: String, table: String?) -> TriggerVerdict.Mismatch? {
        if !key.hasPrefix(prefix) { return .prefix(prefix) }
        if !key.hasSuffix(suffix) || key.utf8.count < prefix.utf8.count + suffix.utf8.count {
            return .suffix(suffix)
        }
        guard let tables, table.map(tables.contains) != true else { return nil }
        return .tables(tables, setting: tablesWith)
    }
}

extension Trigger {
    /// Why an event of an object does not set this trigger off; nil when it does.
    ///
    /// `eventName` is S3's without prefix, such as `ObjectCreated:Put`.
    func mismatch(
        _ object: ObjectKey,
        eventName: String,
        table: String
    ) -> TriggerVerdict.Mismatch? {
        switch source {
        case .crawler(let function, _): return .crawler(function)
        case .schedule(let time): return .schedule("\(time)")
        case .destination(let function, _): return .destination(function)
        case .bucket(let source):
            if source.bucket != object.bucket { return .bucket(source.bucket) }
            if !source.includes(eventName: eventName) { return .events(source.events) }
            return source.mismatch(key: object.key, table: table)
        }
    }
}
