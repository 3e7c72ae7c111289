import BucketWatch
import Buckets
import Events
import Glibc
import Ledger

/// Looks at the files behind changes: what they are now, and what is in them.
struct ObjectReader: Sendable {
    /// What lies under a key.
    enum Finding: Sendable {
        /// Nothing, or something that is no object.
        case gone
        /// The file is as it was last seen.
        case known
        /// A file whose content may be new, and its digest.
        case read(FileIdentity, checkedAt: Int64, eTag: String, manifest: Manifest?)
        /// It changed while it was read.
        case unstable
        /// Somebody has opened it for writing since the watch told of it.
        case beingWritten
        /// It cannot be read, for that reason.
        case unreadable(String)
    }

    let buckets: BucketsFolder

    /// The size from which on a file is read apart from the others.
    static let large: Int64 = 32 << 20

    /// The file's state; nil when there is no regular file.
    func identity(of key: ObjectKey) -> FileIdentity? {
        FileStamp(path: buckets.path(of: key)).map(FileIdentity.init)
    }

    /// Where a lease cannot tell, as on a network's file system, the watch has waited.
    private func isBeingWritten(_ file: Int32, _ key: ObjectKey) -> Bool {
        OpenForWriting.answer(descriptor: file) == .open
            && OpenForWriting.isReliable(at: buckets.path(of: key))
    }

    /// Reads an object, unless it was found by a scan and is as it was last read.
    ///
    /// Blocks.
    func find(_ key: ObjectKey, known: KnownObject?, notice: Notice) -> Finding {
        let path = buckets.path(of: key)
        guard let before = identity(of: key) else { return .gone }
        if notice == .scan, known?.isUnchanged(in: before) == true { return .known }
        let checkedAt = UTCTime.nowMicroseconds()
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else {
            return errno == ENOENT ? .gone : .unreadable(String(cString: strerror(errno)))
        }
        defer { close(file) }
        let digest: (eTag: String, size: Int64)
        do { digest = try ContentDigest.eTag(ofDescriptor: file, path: path) } catch {
            return .unreadable(error.description)
        }
        guard let after = identity(of: key) else { return .gone }
        if isBeingWritten(file, key) { return .beingWritten }
        guard after.inode == before.inode, after.size == before.size, digest.size == after.size,
            after.modifiedNanoseconds == before.modifiedNanoseconds
        else { return .unstable }
        let isManifest = key.bucket == "stage-2" && key.key.hasSuffix("/" + Manifest.fileName)
        return .read(
            after,
            checkedAt: checkedAt,
            eTag: digest.eTag,
            // What is no manifest is refused by the handler, which can say why.
            manifest: isManifest ? try? Manifest(path: path) : nil
        )
    }
}

extension FileIdentity {
    init(_ stamp: FileStamp) {
        self.init(
            inode: stamp.inode,
            size: stamp.size,
            modifiedNanoseconds: stamp.modified,
            changedNanoseconds: stamp.changed
        )
    }
}
