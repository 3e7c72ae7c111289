import Buckets
import CInotifyTools
import Events

extension WatchLoop {
    /// Watches and reads every folder that can hold an object, and sends what it finds.
    func scanAll(_ reason: ScanReason) throws(BucketWatchError) {
        channel.send(.scanStarted(reason))
        besideWatch = beside.flatMap { try? notifier.watch(FilePath.parent(of: $0)) }
        enter(.root)
        guard tree.isWatched(.root) else {
            throw BucketWatchError(
                code: tree.unwatched.isEmpty ? .unreachable : .limit,
                operation: "watch \(root)",
                detail: tree.unwatched.isEmpty
                    ? "it is no folder that can be read" : Self.limitRemedy
            )
        }
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
        for folder in tree.unwatched.sorted(by: { $0.text < $1.text }) { enter(folder) }
        flush()
        channel.send(.scanFinished(.interval))
    }

    private func read(
        _ folder: FolderPath,
        into found: inout [Found],
        below waiting: inout [FolderPath]
    ) {
        if folder.isVersionFolder, let manifest = manifest(in: folder) {
            if scope.includes(manifest.key) { found.append(manifest) }
            return
        }
        watch(folder)
        guard var listing = FolderListing(path: path(of: folder)) else { return }
        while let entry = listing.next() {
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
