import Buckets
import Events

/// What a path in the buckets is, by its place and by what lies beside it.
enum BucketPlace: Equatable {
    /// An object like those that users drop.
    case object
    /// A file of a version's folder in `stage-2`, the manifest among them.
    case version(of: ObjectKey, Sequencer)
    /// Bad rows; the object is nil when nothing tells which it is.
    case quarantine(of: ObjectKey?, QuarantineName)
    /// A commit of a lake table.
    case commit(table: String)
    /// A data file of a lake table.
    case dataFile(table: String)
    /// An entry of the catalog.
    case catalogEntry(table: String)
    /// What `similarity` found for an indicator.
    case result(indicator: String)

    init(_ key: ObjectKey, in buckets: BucketsFolder) {
        let parts = key.key.split(separator: "/").map(String.init)
        let name = parts.last ?? ""
        switch key.bucket {
        case "stage-2":
            let folder = FilePath.parent(of: buckets.path(of: key))
            guard let manifest = try? Manifest(path: folder + "/" + Manifest.fileName) else {
                break
            }
            self = .version(of: manifest.source.objectKey, manifest.source.sequencer)
            return
        case "quarantine":
            guard let name = QuarantineName(name) else { break }
            self = .quarantine(of: Self.source(ofBadRows: buckets.path(of: key)), name)
            return
        case "lake" where parts.count == 3 && parts[1] == "_delta_log" && name.hasSuffix(".json"):
            self = .commit(table: parts[0])
            return
        case "lake" where parts.count > 1 && name.hasSuffix(".parquet") && parts[1] != "_delta_log":
            self = .dataFile(table: parts[0])
            return
        case "catalog" where parts.count == 1 && name.hasSuffix(".json"):
            self = .catalogEntry(table: String(name.dropLast(".json".count)))
            return
        case "results" where parts.count == 1 && name.hasSuffix(".csv"):
            self = .result(indicator: String(name.dropLast(".csv".count)))
            return
        default: break
        }
        self = .object
    }

    /// What it is called.
    func kind(of key: ObjectKey) -> ObjectStory.Kind {
        switch self {
        case .object: .object
        case .version: FilePath.name(of: key.key) == Manifest.fileName ? .manifest : .chunk
        case .quarantine: .quarantine
        case .commit: .commit
        case .dataFile: .dataFile
        case .catalogEntry: .catalogEntry
        case .result: .result
        }
    }

    /// Bad rows name the object that they are of.
    private static func source(ofBadRows path: String) -> ObjectKey? {
        guard let bytes = try? FilePath.read(path) else { return nil }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        let row = try? JSONValue(parsing: String(decoding: line, as: UTF8.self))
        return row?["source"]?.string.flatMap { ObjectKey($0) }
    }

    /// The keys of a bucket's files, at most 20,000.
    static func keys(in folder: String, bucket: String) -> [ObjectKey] {
        var found: [ObjectKey] = []
        var waiting = [""]
        while let below = waiting.popLast(), found.count < 20_000 {
            for name in (try? FilePath.names(in: folder + "/" + below)) ?? []
            where !ObjectRules.isHidden(name) {
                let key = below.isEmpty ? name : below + "/" + name
                switch FileStory.kind(ofFile: folder + "/" + key) {
                case FileStory.folder: waiting.append(key)
                case nil: break
                default: found.append(ObjectKey(bucket: bucket, key: key))
                }
            }
        }
        return found
    }
}
