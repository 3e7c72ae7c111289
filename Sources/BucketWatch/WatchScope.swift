import Buckets
public import Events

/// Which folders can hold objects that somebody wants, and which objects those are.
public struct WatchScope: Sendable {
    /// For each bucket that is watched, the beginnings of the keys that are wanted; an empty one
    /// wants the whole bucket.
    ///
    /// Other buckets are not looked at.
    public let prefixes: [String: [String]]
    /// When a wanted object is taken; asked for each one that is closed.
    let rules: @Sendable (ObjectKey) -> SettleRules
    private let wants: @Sendable (ObjectKey) -> Bool

    /// Makes a scope.
    ///
    /// - Parameters:
    ///   - prefixes: For each bucket the beginnings of the wanted keys.
    ///   - wants: Whether an object is wanted; asked on the watch's own thread for every file in a
    ///     watched folder, so it should be quick.
    ///   - rules: When a wanted object is taken, asked likewise.
    public init(
        prefixes: [String: [String]],
        wants: @escaping @Sendable (ObjectKey) -> Bool = { _ in true },
        rules: @escaping @Sendable (ObjectKey) -> SettleRules = { _ in .none }
    ) {
        self.rules = rules
        self.prefixes = prefixes
        self.wants = wants
    }

    /// Whether the folder at `path`, relative to the buckets folder, can hold a wanted object or a
    /// folder that can.
    func canHoldObjects(_ path: FolderPath) -> Bool {
        guard let bucket = path.bucket else { return true }
        guard let wanted = prefixes[bucket] else { return false }
        let prefix = path.keyPrefix.utf8
        guard
            wanted.contains(where: { prefix.starts(with: $0.utf8) || $0.utf8.starts(with: prefix) })
        else { return false }
        return path.canHoldObjects
    }

    /// Whether that is an object, and wanted.
    func includes(_ object: ObjectKey) -> Bool {
        guard let wanted = prefixes[object.bucket],
            wanted.contains(where: { object.key.utf8.starts(with: $0.utf8) })
        else { return false }
        return ObjectRules.isObject(object) && wants(object)
    }
}
