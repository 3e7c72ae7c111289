import FunctionConfig

/// How the versions of one table combine.
struct ModeRule {
    /// The mode that the settings name.
    let mode: TableSettings.Mode
    /// The modes in which commits were made; empty where nothing tells.
    let modes: [String]

    /// Whether some commit was made in another mode.
    var isMixed: Bool { !modes.isEmpty && modes != [mode.rawValue] }

    /// Whether rows of a version may have given way to those of later versions of any file.
    var letsRowsGiveWay: Bool { mode.countsAllVersions || isMixed }

    /// The versions whose rows a table must hold, by its own history.
    func contributing(_ content: TableContent) -> Set<VersionName> {
        let current = content.loads.filter(\.isCurrent).map(\.name)
        switch mode {
        case .upsert, .replacePartitions: return Set(current)
        case .replace where !isMixed:
            return Set(current.max { $0.sequencer < $1.sequencer }.map { [$0] } ?? [])
        case .append, .replace:
            var newest: [String: VersionName] = [:]
            for name in current where name.sequencer > newest[name.source]?.sequencer ?? -1 {
                newest[name.source] = name
            }
            return Set(newest.values)
        }
    }
}
