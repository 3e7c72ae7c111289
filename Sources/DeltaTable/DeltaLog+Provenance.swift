import FoundationEssentials
import Glibc

extension DeltaLog {
    /// Sluice's commits that are still there and whose provenance holds a text, oldest first.
    ///
    /// Files are searched for the text before they are read as commits, so that a long log costs
    /// little. What cannot be read is left out: provenance is for people.
    ///
    /// - Parameter text: The text as a value, for example a transaction's `appId` or its beginning.
    /// - Returns: The versions of the table that the commits made, with what is noted.
    /// - Throws: `DeltaError` with code `storage`.
    public func provenance(
        holding text: String
    ) throws(DeltaError) -> [(version: Int64, info: CommitInfo)] {
        let needle = Self.needle(text)
        var found: [(version: Int64, info: CommitInfo)] = []
        for version in try listing().commits.sorted() {
            guard let bytes = try store.read(path(version, "json")) else { continue }
            let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
            guard line.starts(with: Self.opening), Self.holds(line, needle),
                let info = Self.info(line)
            else { continue }
            found.append((version, info))
        }
        return found
    }

    /// Sluice writes the provenance of a commit as its first line.
    private static let opening = Array(#"{"commitInfo""#.utf8)

    private static func holds(_ line: ArraySlice<UInt8>, _ needle: [UInt8]) -> Bool {
        guard let first = needle.first else { return true }
        return line.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            var offset = 0
            while offset + needle.count <= bytes.count {
                let left = bytes.count - needle.count - offset + 1
                guard let hit = memchr(start + offset, Int32(first), left) else { return false }
                offset = UnsafeRawPointer(hit) - start
                if memcmp(start + offset, needle, needle.count) == 0 { return true }
                offset += 1
            }
            return false
        }
    }

    private static func info(_ line: some Sequence<UInt8>) -> CommitInfo? {
        let action = try? JSONDecoder().decode(DeltaAction.self, from: Data(line))
        guard case .commitInfo(let info) = action else { return nil }
        return info
    }

    /// The text as it stands between the quotes of JSON.
    private static func needle(_ text: String) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let json = (try? encoder.encode([text])).map(Array.init) ?? []
        return Array(json.dropFirst(2).dropLast(2))
    }
}
