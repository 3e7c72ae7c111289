import Events

/// Files that could not be read, and when to try again; performs nothing itself.
struct UnreadableFiles: Sendable {
    /// Those that could not be read when they were looked at last, with the reason.
    private(set) var reasons: [ObjectKey: String] = [:]
    /// The reasons that were told.
    private var told: [ObjectKey: String] = [:]
    private var pause = Self.shortest

    private static let shortest = Duration.seconds(1)
    private static let longest = Duration.seconds(60)

    /// Takes up a file; the answer is after which time to look at all of them, nil if that is known.
    mutating func note(_ key: ObjectKey, _ reason: String) -> Duration? {
        let isFirst = reasons.isEmpty
        reasons[key] = reason
        guard isFirst else { return nil }
        defer { pause = min(Self.longest, pause * 2) }
        return pause
    }

    /// Whether the reason of a file is another one than at the last call.
    mutating func isNews(_ key: ObjectKey) -> Bool {
        defer { told[key] = reasons[key] }
        return told[key] != reasons[key]
    }

    /// The files to look at now, in the order of their names; those that still cannot be read have to
    /// be noted again.
    mutating func takeAll() -> [ObjectKey] {
        defer { reasons = [:] }
        return reasons.keys.sorted { $0.description < $1.description }
    }

    /// Files that could be read, or are gone.
    mutating func forget(_ keys: [ObjectKey]) {
        for key in keys { told[key] = nil }
        if reasons.isEmpty { pause = Self.shortest }
    }
}
