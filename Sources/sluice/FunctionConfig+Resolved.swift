import Events
import FunctionConfig
import Reports

extension FunctionConfig {
    /// The settings in the shape of `functions.json`, with every default written out, and beside
    /// them, as `schedules`, the next times of each schedule trigger.
    func resolved(with coming: ComingTimes) -> JSONValue {
        [
            "functions": .named(functions.map { ($0.name, $0.resolved) }),
            "triggers": .array(triggers.map(\.resolved)),
            "tables": .named(tables.map { ($0.name, $0.resolved) }),
            "warehouse": hasWarehouse ? .string(warehouse.description) : false,
            "warehouseSchema": .text(warehouse.schema),
            "migrations": .text(migrations),
            "maxProcesses": .integer(Int64(maxProcesses)),
            "maxMemory": .integer(Int64(maxMemory)),
            "retention": retention.map { .double($0) } ?? false,
            "rescan": .integer(Int64(rescan)),
            "notifications": .bool(notifications),
            "schedules": coming.json,
        ]
    }
}

extension JSONValue {
    fileprivate static func named(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(members.map { Member(name: $0.0, value: $0.1) })
    }

    fileprivate static func strings(_ strings: [String]) -> JSONValue {
        .array(strings.map { .string($0) })
    }

    fileprivate static func text(_ text: String?) -> JSONValue {
        text.map { .string($0) } ?? .null
    }
}

extension Warehouse {
    fileprivate var schema: String? {
        guard case .postgres(let server) = self else { return nil }
        return server.schema
    }
}

extension FunctionSettings {
    fileprivate var resolved: JSONValue {
        var members: [(String, JSONValue)] = [("handler", .string(handler))]
        if let copy {
            let (from, to) = copy.ends
            members += [
                ("from", .string(from)), ("to", .string(to)), ("options", .strings(copy.options)),
            ]
        }
        return .named(members + limits)
    }

    private var limits: [(String, JSONValue)] {
        [
            ("timeout", .integer(Int64(timeout))),
            ("memory", .integer(Int64(memory))),
            ("concurrency", .integer(Int64(concurrency))),
            ("retries", .integer(Int64(retries))),
            ("retryDelays", .array(retryDelays.map { .integer(Int64($0)) })),
            ("maxEventAge", .integer(Int64(maxEventAge))),
            (
                "environment",
                .named(writtenEnvironment.sorted { $0.key < $1.key }.map { ($0, .string($1)) })
            ),
            ("writes", writes.map { .strings($0.map(\.description)) } ?? .null),
            ("onSuccess", onSuccess?.resolved ?? .null),
            ("onFailure", onFailure?.resolved ?? .null),
        ]
    }
}

extension Destination {
    fileprivate var resolved: JSONValue {
        switch self {
        case .function(let name): ["function": .string(name)]
        case .folder(let bucket, let prefix):
            ["bucket": .string(bucket), "prefix": .string(prefix)]
        }
    }
}

extension Trigger {
    fileprivate var resolved: JSONValue {
        var members: [(String, JSONValue)] = [
            ("id", .string(id)), ("function", .string(function)),
        ]
        switch source {
        case .bucket(let bucket):
            members += [
                ("bucket", .string(bucket.bucket)), ("events", .strings(bucket.events)),
                ("prefix", .string(bucket.prefix)), ("suffix", .string(bucket.suffix)),
                ("tables", bucket.tables.map { .strings($0) } ?? .null),
                ("quiet", .double(bucket.quiet)),
                ("marker", .text(bucket.marker?.description)),
            ]
        case .crawler(let crawler, let states):
            members += [("crawler", .string(crawler)), ("states", .strings(states))]
        case .schedule(let schedule):
            return .named(members + [("schedule", .string(schedule.description))])
        case .destination: break
        }
        let gathered: JSONValue = [
            "size": .integer(Int64(batch.size)), "bytes": .integer(batch.bytes),
            "window": .double(batch.window),
        ]
        return .named(members + [("batch", gathered)])
    }
}

extension TableSettings {
    fileprivate var resolved: JSONValue {
        let format: JSONValue = [
            "type": .text(format.type), "delimiter": .text(format.delimiter),
            "header": format.header.map { .bool($0) } ?? .null,
            "dateFormats": .strings(format.dateFormats),
            "timestampFormats": .strings(format.timestampFormats),
        ]
        let similarity: JSONValue? = similarity.map {
            [
                "perInterval": .bool($0.perInterval),
                "topK": $0.topK.map { .integer(Int64($0)) } ?? .null,
                "file": .bool($0.file),
            ]
        }
        if let derivation {
            return [
                "from": .strings(derivation.from), "query": .string(derivation.query),
                "refresh": .string(derivation.refresh.description),
                "partitionBy": .strings(partitionBy), "sortBy": .strings(sortBy),
            ]
        }
        return [
            "match": .text(match?.description), "format": format,
            "columns": .named(columns.map { ($0.name, .string($0.type.description)) }),
            "columnMap": .named(columnMap.map { ($0.column, .strings($0.names)) }),
            "otherColumns": .string(keepsOtherColumns ? "keep" : "drop"),
            "partitionBy": .strings(partitions), "sortBy": .strings(sortBy),
            "mode": .string(mode.rawValue), "keys": .strings(keys), "transform": .text(transform),
            "onError": .string(onError.resolved),
            "onDelete": .string(retractsDeleted ? "retract" : "keep"),
            "chunks": .string(purgesChunks ? "purge" : "keep"),
            "similarity": similarity ?? .null, "rewriteLimit": .integer(rewriteLimit),
            "maxPartitions": .integer(Int64(maxPartitions)),
            "targetFileSize": .integer(targetFileSize),
            "retentionHours": .integer(Int64(retentionHours)),
        ]
    }

    /// `partitionBy` as it is written.
    private var partitions: [String] {
        partitionBy.map { column in
            computedPartitions.first { $0.name == column }?.description ?? column
        }
    }
}

extension TableSettings.ErrorPolicy {
    fileprivate var resolved: String {
        switch self {
        case .skipRows: "skip_rows"
        case .skipFile: "skip_file"
        case .skipFileRows(let limit): "skip_file_\(limit)"
        case .skipFilePercent(let limit):
            limit == limit.rounded() ? "skip_file_\(Int(limit))%" : "skip_file_\(limit)%"
        }
    }
}
