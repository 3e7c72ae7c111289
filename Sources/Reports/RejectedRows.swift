public import Buckets
import Events
import Glibc

/// The bad rows in quarantine, as many as there are now.
public enum RejectedRows {
    /// The bad rows of one table.
    public struct OfTable: Sendable, Encodable, Equatable {
        /// How many there are.
        public var rows = 0
        /// In how many object versions.
        public var versions = 0
        /// Why, the most frequent first; of a large quarantine only as far as it was read.
        public var reasons: [Reason] = []
    }

    /// A reason for which rows are bad.
    public struct Reason: Sendable, Encodable, Equatable {
        /// The column that is at fault; nil when the whole record is.
        public var column: String?
        /// What was expected.
        public var reason: String
        /// How many rows.
        public var rows: Int
    }

    /// As many bytes are looked at for reasons, of all tables together.
    private static let readLimit = 32 << 20

    /// How many there are.
    ///
    /// `convert` and `load` reject the same records of a version: each version counts once.
    public static func count(in buckets: BucketsFolder) -> Int {
        tables(in: buckets).reduce(0) { sum, table in
            files(of: table, in: buckets).values.reduce(sum) { $0 + $1.rows }
        }
    }

    /// How many there are and why, by table.
    public static func byTable(in buckets: BucketsFolder) -> [String: OfTable] {
        var left = readLimit
        var result: [String: OfTable] = [:]
        for name in tables(in: buckets) {
            var table = OfTable()
            var reasons: [Key: Int] = [:]
            let files = files(of: name, in: buckets)
            for (_, file) in files.sorted(by: { $0.key < $1.key }) {
                table.rows += file.rows
                table.versions += 1
                count(file.path, into: &reasons, left: &left)
            }
            guard table.rows > 0 else { continue }
            table.reasons = reasons.map {
                Reason(column: $0.key.column, reason: $0.key.reason, rows: $0.value)
            }.sorted { ($1.rows, $0.reason) < ($0.rows, $1.reason) }
            result[name] = table
        }
        return result
    }

    private struct Key: Hashable {
        var column: String?
        var reason: String
    }

    private struct File {
        var path: String
        var rows: Int
    }

    private static func tables(in buckets: BucketsFolder) -> [String] {
        let folder = buckets.path(ofBucket: "quarantine")
        return ((try? FilePath.names(in: folder)) ?? []).filter { !ObjectRules.isHidden($0) }
    }

    /// The files of a table, of each version the one with the most rows, by the version's place.
    private static func files(of table: String, in buckets: BucketsFolder) -> [String: File] {
        var found: [String: File] = [:]
        var waiting = [buckets.path(ofBucket: "quarantine") + "/" + table]
        while let folder = waiting.popLast() {
            for name in (try? FilePath.names(in: folder)) ?? [] where !ObjectRules.isHidden(name) {
                let path = folder + "/" + name
                // A key may end in .jsonl as well: its folder is none of these files.
                guard let file = QuarantineName(name), let rows = lines(of: path) else {
                    if FilePath.isFolder(path) { waiting.append(path) }
                    continue
                }
                let version = "\(folder)/\(file.sequencer)"
                if rows > found[version]?.rows ?? 0 {
                    found[version] = File(path: path, rows: rows)
                }
            }
        }
        return found
    }

    /// How many lines a file has; nil when it is none.
    private static func lines(of path: String) -> Int? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var block = [UInt8](repeating: 0, count: 1 << 16)
        var lines = 0
        while true {
            let count = read(file, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return lines }
            lines += block[..<count].count { $0 == UInt8(ascii: "\n") }
        }
    }

    private static func count(_ path: String, into reasons: inout [Key: Int], left: inout Int) {
        guard left > 0, let bytes = try? FilePath.read(path) else { return }
        for line in bytes.prefix(left).split(separator: UInt8(ascii: "\n")) {
            let row = JSONLine(line)
            let reason = row["reason"] ?? "no reason is given"
            reasons[Key(column: row["column"], reason: reason), default: 0] += 1
        }
        left -= bytes.count
    }
}

extension FilePath {
    /// Whether there is a folder at `path`, not counting symbolic links.
    fileprivate static func isFolder(_ path: String) -> Bool {
        FileStory.kind(ofFile: path) == FileStory.folder
    }
}

/// The members of a JSON object on one line whose values are plain text.
///
/// Looked at without reading the rest: files of bad rows are long, and two members of each are asked
/// for.
struct JSONLine {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// The text of a member; nil when it has none, or is no text.
    subscript(name: String) -> String? {
        var place = bytes.startIndex
        while let key = text(from: &place) {
            guard let colon = bytes[place...].firstIndex(of: UInt8(ascii: ":")) else { return nil }
            place = colon + 1
            let isText = place < bytes.endIndex && bytes[place] == UInt8(ascii: "\"")
            if key.elementsEqual(name.utf8) {
                guard isText, let value = text(from: &place) else { return nil }
                return decoded(value)
            }
            if isText { _ = text(from: &place) }
        }
        return nil
    }

    /// The bytes between the next two quotes; `place` is behind them then.
    private func text(from place: inout Int) -> ArraySlice<UInt8>? {
        guard let start = bytes[place...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        var end = start + 1
        while end < bytes.endIndex, bytes[end] != UInt8(ascii: "\"") {
            end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard end < bytes.endIndex else { return nil }
        place = end + 1
        return bytes[(start + 1)..<end]
    }

    private func decoded(_ text: ArraySlice<UInt8>) -> String? {
        guard text.contains(UInt8(ascii: "\\")) else {
            return String(decoding: text, as: UTF8.self)
        }
        return (try? JSONValue(parsing: "\"" + String(decoding: text, as: UTF8.self) + "\""))?
            .string
    }
}
