import Buckets
import Events

extension WatchLoop {
    /// Tells of a file that is there: as an object where nothing holds it back.
    func report(
        _ key: ObjectKey,
        _ evidence: ObjectChange.Evidence,
        _ stamp: FileStamp,
        in folder: FolderPath
    ) {
        let now = Self.monotonicMilliseconds()
        var since = now
        if let earlier = held[key], earlier.stamp == stamp { since = earlier.since }
        let observed = (now - since) * 1_000_000
        switch settlement(of: key, evidence, stamp, in: folder, observed: observed) {
        case .settled(let settled): complete(key, evidence, stamp, settled, in: folder)
        case .held(let hold):
            let isJustClosed = evidence == .closeWrite && hold == .open && held[key] == nil
            self.hold(
                key,
                HeldFile(
                    hold: hold,
                    evidence: evidence,
                    folder: folder,
                    stamp: stamp,
                    since: since,
                    // The kernel tells of a closing shortly before it counts the writer out.
                    pause: isJustClosed ? 1 : pace.openFiles
                )
            )
        }
    }

    /// A file was created and is empty: its creator's descriptor may not count as open yet.
    func reportCreated(_ key: ObjectKey, _ stamp: FileStamp, in folder: FolderPath) {
        hold(
            key,
            HeldFile(
                hold: .open,
                evidence: .scan,
                folder: folder,
                stamp: stamp,
                since: Self.monotonicMilliseconds(),
                pause: pace.openFiles
            )
        )
    }

    /// Looks again at a file that is held back.
    func lookAgain(at key: ObjectKey) {
        guard let file = held[key] else { return }
        guard let stamp = FileStamp(path: path(of: key)) else {
            gone(key, .scan)
            return
        }
        report(key, file.evidence, stamp, in: file.folder)
    }

    /// Tells that a file is no longer there.
    func gone(_ key: ObjectKey, _ evidence: ObjectChange.Evidence) {
        held.release(key, markers: markers(for: key))
        batch.append(ObjectChange(key: key, kind: .removed, evidence: evidence, stamp: nil))
    }

    /// What the file's rules say of it.
    private func settlement(
        of key: ObjectKey,
        _ evidence: ObjectChange.Evidence,
        _ stamp: FileStamp,
        in folder: FolderPath,
        observed: Int64
    ) -> Settlement {
        let path = path(of: key)
        let now = Self.now()
        let system = tree.silentSystem(of: folder)
        var answer = OpenForWriting.answer(path)
        if let system, answer == .open, !SilentFileSystem.hasLeases(system) { answer = .unknown }
        let age = now - stamp.changed
        switch answer {
        case .open: return .held(.open)
        case .unknown where system == nil && max(age, observed) < pace.growth:
            return .held(.changing)
        // A rename that was notified is this machine's, and ends a writing: so do our own handlers.
        case .unknown where system != nil && evidence == .movedTo: break
        // The clock is another machine's.
        case .unknown where system != nil && observed < pace.remoteGrowth && age < pace.longAgo:
            return .held(.changing)
        case .closed, .unknown: break
        }
        let rules = scope.rules(key)
        if rules == .none { return .settled(Settled()) }
        return Settlement(of: key, stamp, rules: rules, root: root, at: now, observed: observed)
    }

    private func complete(
        _ key: ObjectKey,
        _ evidence: ObjectChange.Evidence,
        _ stamp: FileStamp,
        _ settled: Settled,
        in folder: FolderPath
    ) {
        held.release(key, markers: markers(for: key))
        batch.append(
            ObjectChange(
                key: key,
                kind: .created,
                evidence: evidence,
                stamp: stamp,
                settled: settled
            )
        )
        // A version folder never changes once its manifest is there.
        if folder.isVersionFolder, let number = tree.remove(folder) { notifier.unwatch(number) }
    }

    private func hold(_ key: ObjectKey, _ file: HeldFile) {
        let earlier = held.release(key, markers: markers(for: key))
        var file = file
        let now = Self.monotonicMilliseconds()
        switch file.hold {
        case .open, .changing:
            if let earlier, earlier.hold == file.hold {
                file.pause = min(earlier.pause * 2, max(earlier.pause, pace.openFiles))
            }
            file.due = now + file.pause
        case .quiet(let until): file.due = now + max(1, (until - Self.now()) / 1_000_000 + 1)
        case .marker: break
        }
        held.hold(key, file, markers: markers(for: key, file.hold))
        guard earlier?.hold != file.hold else { return }
        batch.append(
            ObjectChange(
                key: key,
                kind: .held,
                evidence: file.evidence,
                stamp: file.stamp,
                hold: file.hold
            )
        )
    }

    /// Where markers may come that the file waits for.
    private func markers(for key: ObjectKey, _ hold: Hold? = nil) -> [ObjectKey] {
        let hold = hold ?? held[key]?.hold
        guard case .marker = hold else { return [] }
        return scope.rules(key).markers.flatMap { $0.places(for: key.key) }
            .map { ObjectKey(bucket: key.bucket, key: $0) }
    }
}
