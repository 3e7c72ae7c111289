public import BucketWatch
public import Events
import Ledger

/// A file that is not taken yet.
public struct HeldObject: Sendable, Hashable {
    /// The file.
    public var key: ObjectKey
    /// What holds it back.
    public var hold: Hold
    /// Since when, in microseconds since 1970.
    public var since: Int64

    /// Whether it is not worth waiting for any longer, or from the start.
    func isBeyond(_ grace: Int64, at now: Int64) -> Bool {
        switch hold {
        case .marker: true
        case .quiet(let until): until / 1000 - since > grace || now - since >= grace
        case .open, .changing: now - since >= grace
        }
    }

    /// As the ledger keeps it; nil for a file that is open, which `/proc` tells.
    fileprivate var recorded: RecordedHold? {
        var until: Int64?
        var marker: String?
        switch hold {
        case .open: return nil
        case .changing: break
        case .quiet(let time): until = time / 1000
        case .marker(let place): marker = place
        }
        return RecordedHold(key: key, rule: hold.rule, until: until, marker: marker, since: since)
    }
}

/// The files that are held back, and what of them the ledger does not have yet.
struct HeldObjects {
    private var files: [ObjectKey: HeldObject] = [:]
    private var changed: Set<ObjectKey> = []
    /// What the ledger has; unknown before it was told.
    private var kept: Set<ObjectKey> = []
    private var startsOver = true

    /// All of them.
    var all: [HeldObject] { Array(files.values) }

    mutating func hold(_ key: ObjectKey, _ hold: Hold, at now: Int64) {
        files[key] = HeldObject(key: key, hold: hold, since: files[key]?.since ?? now)
        changed.insert(key)
    }

    mutating func release(_ key: ObjectKey) {
        guard files.removeValue(forKey: key) != nil else { return }
        changed.insert(key)
    }

    /// Forgets what lies below a folder.
    mutating func release(in folder: ObjectKey) {
        let below = folder.key.isEmpty ? "" : folder.key + "/"
        for key in files.keys where key.bucket == folder.bucket && key.key.hasPrefix(below) {
            release(key)
        }
    }

    /// Forgets everything, because a scan tells it anew.
    mutating func releaseAll() {
        files = [:]
        changed = []
        kept = []
        startsOver = true
    }

    /// What is to be told to the ledger.
    mutating func takeChanges() -> HoldChanges {
        var changes = HoldChanges()
        changes.startsOver = startsOver
        startsOver = false
        for key in changed {
            if let recorded = files[key]?.recorded {
                changes.held.append(recorded)
                kept.insert(key)
            } else if kept.remove(key) != nil {
                changes.released.append(key)
            }
        }
        changed = []
        return changes
    }
}

extension Taken {
    /// How the watch told of an object; nil for one that is gone.
    init?(_ change: ObjectChange) {
        guard change.kind == .created else { return nil }
        let quiet = change.settled?.quiet ?? 0
        self.init(
            evidence: change.evidence.rawValue,
            quietMicroseconds: quiet > 0 ? quiet / 1000 : nil,
            marker: change.settled?.marker
        )
    }
}
