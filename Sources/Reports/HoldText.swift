public import BucketWatch
public import Buckets
import Daemon
public import Events
public import FunctionConfig
import Ledger

/// What holds a file back, in words.
public enum HoldText {
    /// A clause behind the file's name: `which is open for writing`.
    public static func clause(_ hold: Hold) -> String {
        switch hold {
        case .open: "which is open for writing"
        case .changing: "which changed a moment ago, and nobody can tell whether it is open"
        case .quiet(let until): "which must not change until \(Moment(until / 1000).text) (quiet)"
        case .marker(let place): "which waits for the marker \(place)"
        }
    }

    /// A sentence without its full stop: `it is open for writing`.
    static func sentence(_ hold: Hold) -> String {
        "it" + clause(hold).dropFirst("which".count)
    }
}

/// A file that a rule of its triggers holds back.
public struct HeldStory: Sendable, Encodable, Equatable {
    /// `bucket/key`.
    public var object: String
    /// The rule: `changing`, `quiet` or `marker`.
    public var rule: String
    /// Until when it must not change.
    public var until: Moment?
    /// Where the nearest marker may lie that it waits for.
    public var marker: String?
    /// Since when it is held back, as the running `sluice up` has it.
    public var since: Moment?
    /// The same in words.
    public var why: String

    init(_ recorded: RecordedHold) {
        let hold: Hold =
            switch (recorded.until, recorded.marker) {
            case (let until?, _): .quiet(until: until * 1000)
            case (nil, let marker?): .marker(marker)
            case (nil, nil): .changing
            }
        self.init(recorded.key, hold, since: Moment(recorded.since))
    }

    init(_ key: ObjectKey, _ hold: Hold, since: Moment? = nil) {
        object = key.description
        rule = hold.rule
        self.since = since
        why = HoldText.sentence(hold)
        switch hold {
        case .open, .changing: break
        case .quiet(let until): self.until = Moment(until / 1000)
        case .marker(let place): marker = place
        }
    }

    /// What of a file's rules holds it back now; nil where nothing does.
    ///
    /// `now` in nanoseconds since 1970.
    public static func hold(
        on key: ObjectKey,
        _ stamp: FileStamp,
        _ config: FunctionConfig,
        _ buckets: BucketsFolder,
        at now: Int64
    ) -> Hold? {
        let rules = config.settleRules(for: key)
        guard rules != .none,
            case .held(let hold) = Settlement(
                of: key,
                stamp,
                rules: rules,
                root: buckets.path,
                at: now
            )
        else { return nil }
        return hold
    }
}

/// How a version came to be taken.
public struct TakenStory: Sendable, Encodable, Equatable {
    /// What told that its file was complete, as `closeWrite`.
    public var evidence: String
    /// For how many seconds it had not changed, where its triggers ask for that.
    public var quiet: Double?
    /// The marker that spoke for it, where its triggers ask for one.
    public var marker: String?

    init(_ taken: Taken) {
        evidence = taken.evidence
        quiet = taken.quietMicroseconds.map { Double($0) / 1_000_000 }
        marker = taken.marker
    }

    /// A clause: `its writer closed it, then it was quiet for 60 s`.
    var text: String {
        let first =
            switch ObjectChange.Evidence(rawValue: evidence) {
            case .closeWrite: "its writer closed it"
            case .movedTo: "it was renamed into place"
            case .linked: "it was linked into place"
            case .scan: "it was there, and nobody had it open"
            default: evidence
            }
        let second = quiet.map { ", quiet for \(Amount.duration(microseconds: Int64($0 * 1e6)))" }
        return first + (second ?? "") + (marker.map { ", marker \($0)" } ?? "")
    }
}
