public import BucketWatch
public import Events
public import FunctionConfig

extension WatchScope {
    /// The folders and objects that the bucket triggers of a configuration ask for.
    init(_ config: FunctionConfig) {
        var prefixes: [String: [String]] = [:]
        for source in config.bucketSources {
            var wanted = [source.prefix]
            // Below `lake` the first folder is the table.
            if source.bucket == "lake", source.prefix.isEmpty, let tables = source.tables {
                wanted = tables.map { "\($0)/_delta_log/" }
            }
            prefixes[source.bucket, default: []] += wanted
        }
        let wants = { @Sendable (key: ObjectKey) in
            let table = config.table(of: key)
            return config.bucketSources.contains {
                $0.bucket == key.bucket && $0.matches(key: key.key, table: table)
            }
        }
        let hasRules = config.bucketSources.contains { $0.quiet > 0 || $0.marker != nil }
        self.init(prefixes: prefixes, wants: wants) { key in
            hasRules ? config.settleRules(for: key) : .none
        }
    }
}

extension FunctionConfig {
    /// When an object is taken: as all triggers ask that it sets off.
    public func settleRules(for key: ObjectKey) -> SettleRules {
        let table = table(of: key)
        var rules = SettleRules.none
        for source in bucketSources
        where source.bucket == key.bucket && source.includes(eventName: "ObjectCreated:Put")
            && source.matches(key: key.key, table: table)
        {
            rules.quiet = max(rules.quiet, Int64(source.quiet * 1_000_000_000))
            guard let marker = source.marker, !rules.markers.contains(marker) else { continue }
            rules.markers.append(marker)
        }
        return rules
    }

    fileprivate var bucketSources: [Trigger.BucketSource] {
        triggers.compactMap { trigger in
            guard case .bucket(let source) = trigger.source else { return nil }
            return source
        }
    }
}
