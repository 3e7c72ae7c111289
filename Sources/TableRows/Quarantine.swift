public import Buckets
public import Events
import FoundationEssentials
import Glibc

/// The bad rows of one version, as one function found them: a file of JSON lines.
public struct Quarantine: Sendable {
    /// The file's path.
    public private(set) var path: String
    /// The version's sequencer.
    public private(set) var sequencer: Sequencer
    private let function: String
    private let tableFolder: String

    /// Names the file `quarantine/<table>/<rest of key>/<sequencer>.<function>.jsonl`.
    public init(
        source: ObjectVersion,
        table: String,
        function: String,
        buckets: BucketsFolder
    ) {
        let rest = Manifest.rest(ofKey: source.key)
        tableFolder = buckets.path(ofBucket: "quarantine") + "/\(table)"
        path = "\(tableFolder)/\(rest)/\(source.sequencer).\(function).jsonl"
        sequencer = source.sequencer
        self.function = function
    }

    /// The function's files of older versions of the same object, or of any object of the table.
    public func older(inTable: Bool) -> [Quarantine] {
        files(in: inTable ? tableFolder : FilePath.parent(of: path), deep: inTable)
    }

    private init(_ other: Quarantine, path: String, sequencer: Sequencer) {
        self = other
        self.path = path
        self.sequencer = sequencer
    }

    private func files(in folder: String, deep: Bool) -> [Quarantine] {
        guard FilePath.isFolder(folder), let names = try? FilePath.names(in: folder) else {
            return []
        }
        return names.flatMap { name -> [Quarantine] in
            let path = "\(folder)/\(name)"
            let parts = name.split(separator: ".", maxSplits: 1)
            if parts.count == 2, parts[1] == "\(function).jsonl",
                let sequencer = Sequencer(String(parts[0]))
            {
                return sequencer < self.sequencer
                    ? [Quarantine(self, path: path, sequencer: sequencer)] : []
            }
            return deep && !name.hasPrefix(".") ? files(in: path, deep: true) : []
        }
    }

    /// Removes the file; no error when there is none.
    public func remove() throws(BucketsError) {
        guard unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR else {
            throw BucketsError(step: "remove \(path)")
        }
    }

    /// Removes the files that a function wrote of the versions that a removal ends.
    public static func remove(
        endedBy removal: Manifest,
        function: String,
        buckets: BucketsFolder
    ) throws(BucketsError) {
        let versions = try Manifest.versions(
            of: removal.source.objectKey,
            table: removal.table,
            in: buckets
        )
        for version in versions where version.source.sequencer < removal.source.sequencer {
            try Quarantine(
                source: version.source,
                table: removal.table,
                function: function,
                buckets: buckets
            ).remove()
        }
    }

    /// Collects rows and puts them in place at once.
    struct Writer: ~Copyable {
        private let path: String
        private let temporary: String
        private var descriptor: Int32 = -1
        private var buffer: [UInt8] = []
        /// How many rows were given.
        private(set) var count = 0
        private var firstRowsEnd: Int?
        private var written = 0

        /// How many rows a refused version keeps.
        static let keptOfRefused = 1000

        init(_ quarantine: Quarantine) {
            path = quarantine.path
            temporary =
                FilePath.parent(of: quarantine.path) + "/." + FilePath.name(of: quarantine.path)
                + ".tmp"
        }

        deinit {
            if descriptor >= 0 {
                close(descriptor)
                unlink(temporary)
            }
        }

        mutating func add(_ row: BadRow) throws {
            if descriptor < 0 {
                try FilePath.makeFolder(FilePath.parent(of: path))
                descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
                guard descriptor >= 0 else { throw BucketsError(step: "create \(temporary)") }
            }
            buffer += try JSONText.encode(row)
            buffer.append(0x0A)
            count += 1
            if count == Self.keptOfRefused { firstRowsEnd = written + buffer.count }
            if buffer.count > 1 << 18 { try flush() }
        }

        /// Puts the file in place, or removes an earlier one when there was no row.
        mutating func finish(isRefused: Bool) throws(BucketsError) {
            guard descriptor >= 0 else {
                guard unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR else {
                    throw BucketsError(step: "remove \(path)")
                }
                return
            }
            try flush()
            if isRefused, let firstRowsEnd { ftruncate(descriptor, firstRowsEnd) }
            close(descriptor)
            descriptor = -1
            guard rename(temporary, path) == 0 else {
                throw BucketsError(step: "rename \(temporary) to \(path)")
            }
        }

        private mutating func flush() throws(BucketsError) {
            try AtomicFile.writeAll(buffer, to: descriptor, path: temporary)
            written += buffer.count
            buffer.removeAll(keepingCapacity: true)
        }
    }
}
