import Buckets
import CInotifyTools
import Events

extension WatchLoop {
    /// Watches and reads every folder that can hold an object, and sends what it finds.
    func scanAll(_ reason: ScanReason) throws(BucketWatchError) {
        channel.send(.scanStarted(reason))
        besideWatch = beside.flatMap { try? notifier.watch(FilePath.parent(of: $0)) }
        compare()
        enter(.root)
        guard tree.isWatched(.root) else {
            throw BucketWatchError(
                code: tree.unwatched.isEmpty ? .unreachable : .limit,
                operation: "watch \(root)",
                detail: tree.unwatched.isEmpty
                    ? "it is no folder that can be read" : Self.limitRemedy
            )
        }
        tellMissing { _ in true }
        flush()
        channel.send(.scanFinished(reason))
    }

    /// Watches a folder and all below it, each before it is read, so that what comes later is
    /// notified; adds what is there to the batch, by modification time, then key.
    func enter(_ folder: FolderPath) {
        var found: [Found] = []
        var waiting = [folder]
        while let next = waiting.popLast() { read(next, into: &found, below: &waiting) }
        found.sort()
        for file in found {
            report(file.key, .scan, file.stamp, in: file.folder)
            if batch.count >= pace.batch { flush() }
        }
    }

    /// Reads the folders that are not watched, and watches them where that has become possible.
    func scanUnwatched() {
        flush()
        channel.send(.scanStarted(.interval))
        let folders = tree.unwatched
        compare()
        for folder in folders.sorted(by: { $0.text < $1.text }) { enter(folder) }
        tellMissing { $0.folders.contains(where: folders.contains) }
        flush()
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
        guard var listing = FolderListing(path: path(of: folder)) else { return }
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

    private func watch(_ folder: FolderPath) {
        do {
            tree.add(folder, number: try notifier.watch(path(of: folder)))
        } catch .limit {
            tree.addUnwatched(folder)
            guard !limitIsKnown else { return }
            limitIsKnown = true
            channel.send(
                .degraded(
                    "the limit of watched folders is reached after \(tree.count); the others are "
                        + "scanned every \(pace.unwatchedFolders / 1000) s; \(Self.limitRemedy)"
                )
            )
        } catch {
            // Gone again, or not ours to read: its parent tells when that changes.
        }
    }

    private static var limitRemedy: String {
        "raise fs.inotify.max_user_watches, now \(inotifytools_get_max_user_watches()), for "
            + "example with: sysctl fs.inotify.max_user_watches=1048576"
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
