import Buckets
import Events
import FunctionConfig

// The ledger knows every object that a trigger watches, as it is on disk.
extension Verdict {
    /// How long a running daemon may take to record what has changed, in microseconds.
    private static let noticeTime: Int64 = 60_000_000

    /// Compares files with the newest recorded version of each.
    mutating func judgeObjects() {
        let objects = inventory.folders.objects.sorted {
            $0.key.description.utf8.lexicographicallyPrecedes($1.key.description.utf8)
        }
        for (key, file) in objects {
            let recorded = inventory.ledger.newest[key]
            guard let recorded, !recorded.isDeleted else {
                judgeUnknown(key, file, wasDeleted: recorded != nil)
                continue
            }
            guard let eTag = file.eTag, eTag != recorded.version.eTag,
                !isMoving(recorded.source.source)
            else { continue }
            if isFresh(file) {
                wait(for: key, recorded.table, "its new content has not been recorded yet")
            } else {
                reportChange(of: key, recorded, eTag)
            }
        }
    }

    /// A file that is being written, or that a running daemon may not have got to.
    private func isFresh(_ file: FolderFacts.ObjectFile) -> Bool {
        let ledger = inventory.ledger
        return file.isBeingWritten
            || (ledger.isRunning && ledger.time - file.changed < Self.noticeTime)
    }

    private mutating func wait(for key: ObjectKey, _ table: String?, _ what: String) {
        report.pending.append(
            VerifyReport.Pending(object: key.description, table: table, what: what)
        )
    }

    private mutating func judgeUnknown(
        _ key: ObjectKey,
        _ file: FolderFacts.ObjectFile,
        wasDeleted: Bool
    ) {
        let table = inventory.config.table(of: key)
        if isFresh(file) {
            wait(for: key, table, "it has not been recorded yet")
            return
        }
        let name = wasDeleted ? nil : traces(of: key)
        if let name, isMoving(name.source) { return }
        find(
            name == nil ? .unnoticedObject : .forgottenObject,
            name == nil ? store(of: key) : .ledger,
            table: table,
            name,
            file: key.description,
            expected: "the object in the ledger"
                + (name == nil ? "" : ", since its rows or chunks are there"),
            found: wasDeleted ? "that it was deleted" : "nothing",
            remedy: remedies.takeUp
        )
    }

    /// The version of which there is more than an unknown file, if there is one.
    private func traces(of key: ObjectKey) -> VersionName? {
        if key.bucket == "stage-2" {
            let version = inventory.folders.manifests.first { $0.key == key.key }?.name
            return version.flatMap { allLoads.contains($0) ? $0 : nil }
        }
        let source = key.description
        let staged = stagedBySource[source]?.map(\.name) ?? []
        if let newest = staged.max(by: { $0.sequencer < $1.sequencer }) { return newest }
        return allLoads.filter { $0.source == source }.max { $0.sequencer < $1.sequencer }
    }

    private mutating func reportChange(
        of key: ObjectKey,
        _ recorded: LedgerFacts.RecordedObject,
        _ eTag: String
    ) {
        let code: FindingCode
        let remedy: String
        switch key.bucket {
        case "stage-2":
            code = .manifestDiffers
            remedy = remedies.splitAgain(recorded.source, folder: FilePath.parent(of: key.key))
        case "lake":
            code = .logEntryDiffers
            remedy = remedies.rebuild(recorded.table, .lake)
        default:
            code = .unnoticedChange
            remedy = remedies.takeUp
        }
        find(
            code,
            store(of: key),
            table: recorded.table,
            recorded.source,
            file: key.description,
            expected: "the bytes that the ledger recorded (\(recorded.version.eTag))",
            found: "others (\(eTag))",
            remedy: remedy
        )
    }

    private func store(of key: ObjectKey) -> Finding.Store {
        switch key.bucket {
        case "stage-2": .stage2
        case "lake": .lake
        default: .stage1
        }
    }
}
