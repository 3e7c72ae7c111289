import Buckets
import Events
import Glibc

extension WatchLoop {
    /// Watches and reads every folder that can hold an object, and sends what it finds.
    func scanAll(_ reason: ScanReason) throws(BucketWatchError) {
        channel.send(.scanStarted(reason))
        besideWatch = beside.flatMap { try? notifier.watch(FilePath.parent(of: $0)) }
        compare()
        enter(.root)
        try checkRoot()
        tellMissing { _ in true }
        flush()
        tellNotices()
        nextInterval = Self.monotonicMilliseconds() + pace.rescan
        channel.send(.scanFinished(reason))
    }

    private func checkRoot() throws(BucketWatchError) {
        let isThere = FolderListing(path: root) != nil
        guard !isThere || !tree.isWatched(.root) && tree.scanned[.root] == nil else { return }
        throw BucketWatchError(
            code: .unreachable,
            operation: "watch \(root)",
            detail: "it is no folder that can be read"
        )
    }

    /// Watches a folder and all below it, each before it is read, so that what comes later is
    /// notified; adds what is there to the batch, by modification time, then key.
    func enter(_ folders: FolderPath...) { enter(folders) }

    private func enter(_ folders: [FolderPath]) {
        var found: [Found] = []
        var waiting = folders
        var visited: Set<FolderPath> = []
        while let next = waiting.popLast() {
            guard visited.insert(next).inserted else { continue }
            read(next, into: &found, below: &waiting)
        }
        found.sort()
        for file in found {
            report(file.key, .scan, file.stamp, in: file.folder)
            if batch.count >= pace.batch { flush() }
        }
    }

    /// Reads the folders of which not every change is told, and watches them where that has become
    /// possible.
    func scanSome() throws(BucketWatchError) {
        guard try !renewNotifier() else { return }
        flush()
        channel.send(.scanStarted(.interval))
        let folders = tree.scanned
        compare()
        enter(Array(folders.keys))
        try checkRoot()
        for (key, file) in held.files where folders[file.folder] != nil { lookAgain(at: key) }
        tellMissing { $0.folders.contains { folders[$0] != nil } }
        flush()
        tellNotices()
        channel.send(.scanFinished(.interval))
    }

    /// Has the scan that begins tell only of what is not as it was recorded.
    ///
    /// Where that cannot be read, it tells of every file, and of none that is gone.
    private func compare() { known = knownObjects.flatMap { try? KnownFiles($0) } }

    /// Ends the comparison: adds to the batch what was recorded in a folder that was scanned, and is
    /// not there.
    private func tellMissing(in isScanned: (ObjectKey) -> Bool) {
        guard let met = known.take(), met.misses else { return }
        var missing: [ObjectKey] = []
        try? knownObjects?.readEach { object in
            guard scope.prefixes[object.bucket] != nil, met.isMissing(object.bucket, object.key),
                isScanned(object.object), FileStamp(path: path(of: object.object)) == nil
            else { return }
            missing.append(object.object)
        }
        for key in missing.sorted(by: { ExactText($0.description) < ExactText($1.description) }) {
            batch.append(ObjectChange(key: key, kind: .removed, evidence: .scan, stamp: nil))
            if batch.count >= pace.batch { flush() }
        }
    }

    private func read(
        _ folder: FolderPath,
        into found: inout [Found],
        below waiting: inout [FolderPath]
    ) {
        known?.enter(folder)
        if folder.isVersionFolder, let manifest = manifest(in: folder) {
            if !isKnown(manifest), scope.includes(manifest.key) { found.append(manifest) }
            return
        }
        watch(folder)
        guard var listing = FolderListing(path: path(of: folder)) else {
            if errno == ENOENT || errno == ENOTDIR {
                for number in tree.removeAll(within: folder) { notifier.unwatch(number) }
            }
            return
        }
        while let entry = listing.next(unless: { known?.meets($0, $1) == true }) {
            let isFolder =
                entry.isFolder || (folder == .root && isLinkedBucket(entry.name, in: folder))
            guard isFolder || entry.stamp != nil else { continue }
            switch EntryName(entry.name, isFolder: isFolder) {
            case .ignored:
                continue
            case .refused(let reason):
                refuse(entry.name, in: folder, reason: reason)
            case .usable(let name) where isFolder:
                let below = folder.appending(name)
                if scope.canHoldObjects(below), !tree.isWatched(below) { waiting.append(below) }
            case .usable(let name):
                guard let stamp = entry.stamp, let key = folder.object(name),
                    scope.includes(key)
                else { continue }
                found.append(Found(key: key, stamp: stamp, folder: folder))
            }
        }
    }

    private func manifest(in folder: FolderPath) -> Found? {
        guard let key = folder.object(Manifest.fileName),
            let stamp = FileStamp(path: path(of: key))
        else { return nil }
        return Found(key: key, stamp: stamp, folder: folder)
    }

    private func isKnown(_ manifest: Found) -> Bool {
        var name = Manifest.fileName
        return name.withUTF8 { known?.meets(UnsafeRawBufferPointer($0), manifest.stamp) == true }
    }

    /// Watches a folder, and has it scanned at intervals where that does not tell of every change.
    private func watch(_ folder: FolderPath) {
        let path = path(of: folder)
        let system = pace.trustsNotifications ? SilentFileSystem.name(at: path) : "it"
        var cause = system.map { FolderTree.ScanCause.silent($0) }
        do {
            if !tree.isWatched(folder) { tree.add(folder, number: try notifier.watch(path)) }
        } catch .limit {
            cause = cause ?? .limit
        } catch {
            // Gone again, or not ours to read: its parent tells when that changes.
            cause = nil
        }
        guard tree.scanned[folder] != cause else { return }
        tree.scan(folder, because: cause)
        noticesMayDiffer = true
    }
}

extension ObjectKey {
    /// The folders that it is in, the bucket among them.
    fileprivate var folders: [FolderPath] {
        let path = description
        return path.indices.filter { path[$0] == "/" }.map { FolderPath(String(path[..<$0])) }
    }
}

/// A file that a scan found, ordered as scans number them.
private struct Found: Comparable {
    let key: ObjectKey
    let stamp: FileStamp
    let folder: FolderPath

    static func == (left: Found, right: Found) -> Bool { !(left < right) && !(right < left) }

    static func < (left: Found, right: Found) -> Bool {
        if left.stamp.modified != right.stamp.modified {
            return left.stamp.modified < right.stamp.modified
        }
        return (ExactText(left.key.key), ExactText(left.key.bucket))
            < (ExactText(right.key.key), ExactText(right.key.bucket))
    }
}
