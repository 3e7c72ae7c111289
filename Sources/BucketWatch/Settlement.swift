public import Events

/// Why a file is not taken as an object yet.
public enum Hold: Sendable, Hashable {
    /// Some process has it open for writing.
    case open
    /// Who writes it cannot be seen, and it changed a moment ago.
    case changing
    /// It has not been quiet for long enough; until when it must not change, in nanoseconds since
    /// 1970.
    case quiet(until: Int64)
    /// There is no marker for it that is as new as it is; where the nearest may lie, `bucket/key`.
    case marker(String)

    /// The name of the rule: `open`, `changing`, `quiet` or `marker`.
    public var rule: String {
        switch self {
        case .open: "open"
        case .changing: "changing"
        case .quiet: "quiet"
        case .marker: "marker"
        }
    }
}

/// What a file that is taken as an object had to satisfy.
public struct Settled: Sendable, Hashable {
    /// How long it had not changed, in nanoseconds; 0 where nothing asks for that.
    public var quiet: Int64 = 0
    /// The marker that spoke for it, `bucket/key`; nil where none is asked for.
    public var marker: String?

    /// Puts it together.
    public init(quiet: Int64 = 0, marker: String? = nil) {
        self.quiet = quiet
        self.marker = marker
    }
}

/// Whether a file that nobody has open is taken, by its rules and by what is on disk alone: whoever
/// asks, and after whatever restart, gets the same answer.
public enum Settlement: Sendable, Equatable {
    /// It is.
    case settled(Settled)
    /// It is held back.
    case held(Hold)

    /// Looks at a file.
    ///
    /// - Parameters:
    ///   - key: The file.
    ///   - stamp: Its state.
    ///   - rules: What it must satisfy.
    ///   - root: The path of the buckets folder.
    ///   - now: Nanoseconds since 1970.
    ///   - observed: For how long the caller has seen the file in this state, in nanoseconds: that
    ///     counts, too, where clocks do not agree.
    public init(
        of key: ObjectKey,
        _ stamp: FileStamp,
        rules: SettleRules,
        root: String,
        at now: Int64,
        observed: Int64 = 0
    ) {
        // The time of the inode, which programs cannot set, is never before that of the content.
        let age = now - stamp.changed
        guard rules.quiet == 0 || max(age, observed) >= rules.quiet else {
            let rest = rules.quiet - max(age, observed)
            self = .held(.quiet(until: now + min(rest, rules.quiet)))
            return
        }
        var settled = Settled(quiet: rules.quiet)
        for name in rules.markers {
            let places = name.places(for: key.key)
            let marker = places.first { place in
                let marker = FileStamp(path: "\(root)/\(key.bucket)/\(place)")
                return marker.map { $0.modified >= stamp.modified } ?? false
            }
            guard let marker else {
                self = .held(.marker("\(key.bucket)/\(places.first ?? "")"))
                return
            }
            settled.marker = "\(key.bucket)/\(marker)"
        }
        self = .settled(settled)
    }
}
