import Buckets
import CInotifyTools
import Events
import Glibc

extension WatchLoop {
    /// Handles one notification.
    func handle(_ notification: FolderNotification) throws(BucketWatchError) {
        if notification.has(IN_Q_OVERFLOW) {
            try startOver(.overflow)
            return
        }
        if notification.has(IN_IGNORED) {
            guard tree.end(notification.watch) == .root else { return }
            throw BucketWatchError(
                code: .unreachable,
                operation: "watch \(root)",
                detail: "the folder was deleted or unmounted; put it back and start again"
            )
        }
        if notification.watch == besideWatch { notice(notification) }
        guard let folder = tree.path(of: notification.watch), !notification.name.isEmpty else {
            return
        }
        let isFolder = notification.has(IN_ISDIR) || isLinkedBucket(notification.name, in: folder)
        switch EntryName(notification.name, isFolder: isFolder) {
        case .ignored:
            noteMarker(notification.name, in: folder)
        case .refused(let reason):
            guard notification.has(IN_CREATE) || notification.has(IN_MOVED_TO) else { return }
            refuse(notification.name, in: folder, reason: reason)
        case .usable(let name) where isFolder:
            handle(notification, folder: folder.appending(name))
        case .usable(let name):
            noteMarker(notification.name, in: folder)
            guard let key = folder.object(name), scope.includes(key) else { break }
            handle(notification, file: key, in: folder)
        }
        if batch.count >= pace.batch { flush() }
    }

    private func handle(_ notification: FolderNotification, folder: FolderPath) {
        guard scope.canHoldObjects(folder) else { return }
        if notification.has(IN_CREATE) {
            // A folder that its parent's scan has found is watched already, and was before it
            // was read.
            if !tree.isWatched(folder) { enter(folder) }
        } else if notification.has(IN_MOVED_TO) {
            tree.forget(folder)
            enter(folder)
        } else if notification.has(IN_DELETE) {
            tree.forget(folder)
            leave(folder)
        } else if notification.has(IN_MOVED_FROM) {
            for number in tree.removeAll(within: folder) { notifier.unwatch(number) }
            leave(folder)
        }
    }

    private func handle(
        _ notification: FolderNotification,
        file key: ObjectKey,
        in folder: FolderPath
    ) {
        if notification.has(IN_DELETE) || notification.has(IN_MOVED_FROM) {
            let evidence: ObjectChange.Evidence =
                notification.has(IN_DELETE) ? .deleted : .movedFrom
            gone(key, evidence)
            return
        }
        guard let stamp = FileStamp(path: path(of: key)) else { return }
        if notification.has(IN_CLOSE_WRITE) {
            report(key, .closeWrite, stamp, in: folder)
        } else if notification.has(IN_MOVED_TO) {
            report(key, .movedTo, stamp, in: folder)
        } else if stamp.size == 0 {
            reportCreated(key, stamp, in: folder)
        } else {
            report(key, .linked, stamp, in: folder)
        }
    }

    /// Looks at files that wait for a marker of that name.
    private func noteMarker(_ name: [UInt8], in folder: FolderPath) {
        guard !held.files.isEmpty, let name = String(validating: name, as: UTF8.self),
            let marker = folder.object(name)
        else { return }
        for key in held.waiting(for: marker) { lookAgain(at: key) }
    }

    /// The folder of the file beside the buckets has changed.
    private func notice(_ notification: FolderNotification) {
        guard let beside, notification.name.elementsEqual(FilePath.name(of: beside).utf8),
            !notification.has(IN_CREATE)
        else { return }
        flush()
        channel.send(.noticed(beside))
    }

    /// A folder is no longer where it was.
    private func leave(_ folder: FolderPath) {
        for key in held.files.keys where folder.contains(key) { gone(key, .movedFrom) }
        guard let bucket = folder.bucket else { return }
        flush()
        let key = folder.text.text.dropFirst(bucket.count + 1)
        channel.send(.folderGone(ObjectKey(bucket: bucket, key: String(key))))
    }

    /// Tells of a name that cannot be a key.
    func refuse(_ name: [UInt8], in folder: FolderPath, reason: String) {
        let shown = folder.text.text + "/" + EntryName.printable(name)
        channel.send(.refused(RefusedName(path: shown, reason: reason)))
    }

    /// Whether the entry is a symbolic link that stands for a whole bucket.
    func isLinkedBucket(_ name: [UInt8], in folder: FolderPath) -> Bool {
        guard folder == .root, let name = String(validating: name, as: UTF8.self) else {
            return false
        }
        var status = stat()
        return stat(path(of: folder.appending(name)), &status) == 0
            && status.st_mode & S_IFMT == S_IFDIR
    }
}

extension FolderNotification {
    /// Whether that bit of `inotify(7)` is set.
    fileprivate func has(_ bit: Int32) -> Bool { mask & UInt32(bitPattern: bit) != 0 }
    fileprivate func has(_ bit: UInt32) -> Bool { mask & bit != 0 }
}

extension FolderPath {
    /// Whether the object lies in this folder or below it.
    fileprivate func contains(_ key: ObjectKey) -> Bool {
        FolderPath(key.description).isWithin(self)
    }
}
