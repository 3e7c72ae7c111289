import Events

/// A file that is not taken yet.
struct HeldFile {
    /// What holds it back.
    var hold: Hold
    /// How it was noticed.
    var evidence: ObjectChange.Evidence
    /// Where it lies.
    var folder: FolderPath
    /// Its state when it was last looked at, and since when it is in it, by the clock that only goes
    /// forward, in milliseconds.
    var stamp: FileStamp
    var since: Int64
    /// When to look again by the same clock; nil where something else will tell.
    var due: Int64?
    /// The pause before that look.
    var pause: Int64
}

/// The files that are held back, and the markers that some of them wait for.
struct HeldFiles {
    private(set) var files: [ObjectKey: HeldFile] = [:]
    private var awaited: [ObjectKey: Set<ObjectKey>] = [:]
    /// No file is due before this time; nil while none will be.
    private(set) var nextLook: Int64?

    subscript(key: ObjectKey) -> HeldFile? { files[key] }

    /// Holds a file back; `markers` are the places where one of them may come that lets it go.
    mutating func hold(_ key: ObjectKey, _ file: HeldFile, markers: [ObjectKey]) {
        files[key] = file
        for marker in markers { awaited[marker, default: []].insert(key) }
        if let due = file.due { nextLook = min(nextLook ?? due, due) }
    }

    /// Lets a file go; what it was, if it was held.
    @discardableResult
    mutating func release(_ key: ObjectKey, markers: [ObjectKey]) -> HeldFile? {
        guard let file = files.removeValue(forKey: key) else { return nil }
        for marker in markers {
            awaited[marker]?.remove(key)
            if awaited[marker]?.isEmpty == true { awaited[marker] = nil }
        }
        return file
    }

    /// The files for which a marker may speak that lies there.
    func waiting(for marker: ObjectKey) -> [ObjectKey] {
        awaited.isEmpty ? [] : sorted(awaited[marker] ?? [])
    }

    /// The files that are due, of which each is to be held again or released.
    mutating func takeDue(at now: Int64) -> [ObjectKey] {
        guard let nextLook, nextLook <= now else { return [] }
        let due = files.filter { ($0.value.due ?? .max) <= now }.keys
        self.nextLook = files.values.compactMap(\.due).filter { $0 > now }.min()
        return sorted(due)
    }

    /// In the order in which a scan numbers files.
    private func sorted(_ keys: some Sequence<ObjectKey>) -> [ObjectKey] {
        keys.sorted { left, right in
            let times = (files[left]?.stamp.modified ?? 0, files[right]?.stamp.modified ?? 0)
            return times.0 == times.1
                ? ExactText(left.description) < ExactText(right.description) : times.0 < times.1
        }
    }
}
