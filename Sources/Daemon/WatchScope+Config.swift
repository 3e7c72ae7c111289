import BucketWatch
import Events
import FunctionConfig

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
        self.init(prefixes: prefixes) { key in
            let table = config.table(of: key)
            return config.bucketSources.contains {
                $0.bucket == key.bucket && $0.matches(key: key.key, table: table)
            }
        }
    }
}

extension FunctionConfig {
    fileprivate var bucketSources: [Trigger.BucketSource] {
        triggers.compactMap { trigger in
            guard case .bucket(let source) = trigger.source else { return nil }
            return source
        }
    }
}
