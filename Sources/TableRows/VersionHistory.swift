public import Buckets
import Events
public import FunctionConfig

/// Which object versions have become part of a table, and what that means for others.
public struct VersionHistory: Equatable, Sendable {
    /// One version of one key.
    public struct Version: Hashable, Sendable {
        /// `bucket/key`, as in `_source`.
        public var source: String
        /// The sequencer, as in `_seq`.
        public var sequencer: Int64

        /// Names a version.
        public init(source: String, sequencer: Int64) {
            self.source = source
            self.sequencer = sequencer
        }
    }

    /// What the history says of a version.
    public enum State: Equatable, Sendable {
        /// It is part of the table already, though perhaps without rows.
        case present
        /// A newer version of its key is part of the table.
        case superseded
        /// In mode `replace`: a newer version of another key is the table.
        case outdated
        /// It is to be loaded.
        case due
    }

    /// How versions combine.
    public let mode: TableSettings.Mode
    /// The versions; of one key only the newest, unless the mode counts all versions.
    public let versions: Set<Version>
    /// The newest removal of each source that has one: none of its older versions counts.
    public let removals: [String: Int64]
    /// The newest sequencer of each source.
    private let newest: [String: Int64]

    /// A table's history; versions that a removal has ended may be among `versions`.
    public init(
        mode: TableSettings.Mode,
        versions: Set<Version>,
        removals: [String: Int64] = [:]
    ) {
        self.mode = mode
        self.removals = removals
        self.versions = versions.filter { $0.sequencer > removals[$0.source] ?? -1 }
        newest = Dictionary(
            self.versions.map { ($0.source, $0.sequencer) },
            uniquingKeysWith: { max($0, $1) }
        )
    }

    /// What is to be done with a version.
    public func state(of version: Version) -> State {
        if versions.contains(version) { return .present }
        if let removal = removals[version.source], removal > version.sequencer {
            return .superseded
        }
        if mode.countsAllVersions { return .due }
        if let known = newest[version.source], known > version.sequencer { return .superseded }
        let isOutdated = mode == .replace && newest.values.contains { $0 > version.sequencer }
        return isOutdated ? .outdated : .due
    }

    /// The versions that the table's rows come from, in the order of arrival.
    public var contributing: [Version] {
        let ordered = versions.sorted { $0.sequencer < $1.sequencer }
        return mode == .replace ? ordered.suffix(1) : ordered
    }

    /// The versions whose rows give way to new versions.
    public func replaced(by new: [Version]) -> [Version] {
        let sources = Set(new.map(\.source))
        return switch mode {
        case .upsert, .replacePartitions: []
        case .replace: contributing
        case .append: versions.filter { sources.contains($0.source) }
        }
    }

    /// Parts versions that arrived together into those that count and those that do not.
    ///
    /// Both in the order of arrival.
    public static func parted(
        _ versions: [PreparedVersion],
        mode: TableSettings.Mode
    ) -> (chosen: [PreparedVersion], passed: [(version: PreparedVersion, state: State)]) {
        let ordered = versions.sorted {
            $0.manifest.source.sequencer < $1.manifest.source.sequencer
        }
        guard !mode.countsAllVersions else { return (ordered, []) }
        var chosen: [PreparedVersion] = []
        var passed: [(version: PreparedVersion, state: State)] = []
        var keys: Set<String> = []
        for version in ordered.reversed() {
            if keys.contains(version.manifest.source.key) {
                passed.append((version, .superseded))
            } else if mode == .replace, !chosen.isEmpty {
                passed.append((version, .outdated))
            } else {
                chosen.append(version)
                keys.insert(version.manifest.source.key)
            }
        }
        return (chosen.reversed(), passed.reversed())
    }
}

extension PreparedVersion {
    /// The version's name.
    public var name: VersionHistory.Version { manifest.name }
}

extension Manifest {
    /// The name of the version that it describes.
    public var name: VersionHistory.Version {
        VersionHistory.Version(source: source.source, sequencer: source.sequencer.column)
    }
}
