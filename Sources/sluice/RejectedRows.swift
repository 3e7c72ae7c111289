import Buckets
import Glibc

/// The bad rows in quarantine.
enum RejectedRows {
    /// How many there are; those that `convert` and `load` both reject count once.
    static func count(in buckets: BucketsFolder) -> Int {
        var versions: [String: Int] = [:]
        count(buckets.path(ofBucket: "quarantine"), into: &versions)
        return versions.values.reduce(0, +)
    }

    private static func count(_ folder: String, into versions: inout [String: Int]) {
        for name in (try? FilePath.names(in: folder)) ?? [] where !name.hasPrefix(".") {
            let path = folder + "/" + name
            // A folder is named after its object, which may be any.jsonl itself.
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
                count(path, into: &versions)
                continue
            }
            // Named SEQUENCER.FUNCTION.jsonl.
            guard name.hasSuffix(".jsonl"), let dot = name.firstIndex(of: ".") else { continue }
            let version = folder + "/" + name[..<dot]
            versions[version] = max(versions[version] ?? 0, lines(of: path))
        }
    }

    private static func lines(of path: String) -> Int {
        let bytes = (try? FilePath.read(path)) ?? []
        return bytes.count { $0 == UInt8(ascii: "\n") }
    }
}
