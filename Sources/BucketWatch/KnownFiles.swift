import Buckets
import Events

/// What was recorded of the files in the buckets, by digests of their paths, while a scan lasts.
///
/// 32 bytes for an object, whatever the length of its key. Open addressing: a slot is a path's digest
/// and what is known of the file.
struct KnownFiles {
    private struct Slot {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var state: UInt64 = 0

        var isFree: Bool { high == 0 && low == 0 }
    }

    /// What a slot says; other states are digests of stamps.
    private enum State {
        static let deleted: UInt64 = 0
        static let uncertain: UInt64 = 1
        /// Set for a file that the scan met.
        static let met: UInt64 = 1 << 63
        /// Set in the digest of every stamp.
        static let stamp: UInt64 = 1 << 62
    }

    private var slots: [Slot]
    private var taken = 0
    private var path: [UInt8] = []
    private var folderLength = 0

    /// Takes in everything that is known.
    init(_ known: some KnownObjects) throws {
        slots = Self.room(for: try known.count())
        try known.readEach { add($0) }
    }

    // MARK: - The files of a scan

    /// Says which folder the next names are in.
    mutating func enter(_ folder: FolderPath) {
        path.removeAll(keepingCapacity: true)
        path.append(contentsOf: folder.text.text.utf8)
        path.append(UInt8(ascii: "/"))
        folderLength = path.count
    }

    /// Notes that a file is there; whether it is as it was recorded.
    mutating func meets(_ name: UnsafeRawBufferPointer, _ stamp: FileStamp) -> Bool {
        path.removeSubrange(folderLength...)
        path.append(contentsOf: name)
        guard let index = index(of: path.withUnsafeBytes { ByteDigest($0) }) else { return false }
        let state = slots[index].state
        slots[index].state = state | State.met
        return state & ~State.met == Self.digest(stamp)
    }

    /// Whether objects were recorded that this scan has not met.
    var misses: Bool { slots.contains { !$0.isFree && Self.isMissing($0.state) } }

    /// Whether this scan has not met an object that was recorded.
    func isMissing(_ bucket: String, _ key: String) -> Bool {
        index(of: Self.digest(bucket, key)).map { Self.isMissing(slots[$0].state) } ?? false
    }

    private static func isMissing(_ state: UInt64) -> Bool {
        state & State.met == 0 && state != State.deleted
    }

    // MARK: - The table

    private mutating func add(_ known: KnownState) {
        if taken >= slots.count / 4 * 3 { grow() }
        let digest = Self.digest(known.bucket, known.key)
        let state =
            switch known.content {
            case .unchanged(let stamp): Self.digest(stamp)
            case .uncertain: State.uncertain
            case .deleted: State.deleted
            }
        let place = place(of: digest)
        if slots[place].isFree { taken += 1 }
        slots[place] = Slot(high: digest.high, low: digest.low, state: state)
    }

    private mutating func grow() {
        let former = slots
        slots = Self.room(for: taken * 2)
        for slot in former where !slot.isFree { slots[place(slot.high, slot.low)] = slot }
    }

    private static func room(for count: Int) -> [Slot] {
        Array(repeating: Slot(), count: max(64, count / 3 * 4 + 4))
    }

    private func index(of digest: ByteDigest) -> Int? {
        let place = place(of: digest)
        return slots[place].isFree ? nil : place
    }

    private func place(of digest: ByteDigest) -> Int { place(digest.high, digest.low) }

    /// Where the digest is, or the free slot where it belongs.
    private func place(_ high: UInt64, _ low: UInt64) -> Int {
        var place = Int(truncatingIfNeeded: high.multipliedFullWidth(by: UInt64(slots.count)).high)
        while !slots[place].isFree, slots[place].high != high || slots[place].low != low {
            place += 1
            if place == slots.count { place = 0 }
        }
        return place
    }

    private static func digest(_ bucket: String, _ key: String) -> ByteDigest {
        var path = bucket
        path += "/"
        path += key
        return path.withUTF8 { ByteDigest(UnsafeRawBufferPointer($0)) }
    }

    private static func digest(_ stamp: FileStamp) -> UInt64 {
        let parts = (stamp.size, stamp.modified, stamp.changed, stamp.inode)
        let digest = withUnsafeBytes(of: parts) { ByteDigest($0) }
        return digest.low & ~State.met | State.stamp
    }
}
