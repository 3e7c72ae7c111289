import Buckets
import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import HandlerRuntime
import RecordSplit

/// Cuts one object version into the chunks and the manifest of its folder in stage-2.
///
/// Nothing here waits for the disk. What a kill leaves behind has no manifest and is removed by the
/// next try. After a power cut a manifest may name chunks that are cut off: it states their sizes
/// and eTags, so whoever reads them sees it, and the next try here finds the sizes wrong and writes
/// the folder anew.
struct ObjectSplit {
    let version: ObjectVersion
    let table: String
    let settings: TableSettings
    let buckets: BucketsFolder
    let chunkBytes: Int

    /// The manifest's key in stage-2.
    var manifestKey: String { Manifest.key(table: table, source: version) }

    private var folderKey: String { FilePath.parent(of: manifestKey) }
    private var folder: String { buckets.path(ofBucket: "stage-2") + "/" + folderKey }
    /// Where a folder is made that takes the place of one that is there; its name is never an object.
    private var folderAnew: String {
        FilePath.parent(of: folder) + "/." + FilePath.name(of: folder) + ".anew"
    }

    /// The version's manifest, which is on disk, with all it names, when this returns.
    ///
    /// - Parameters:
    ///   - buffers: Room for text.
    ///   - anew: Whether a folder that is there gives way to one that is made now, as other settings
    ///     may ask for; it stays where the object has other bytes by now, or cannot be split.
    /// - Returns: Nil if the object is gone or holds other bytes than the event says; nothing of the
    ///   version is in stage-2 then.
    /// - Throws: `HandlerError` of kind `input` if the content cannot be split, `BucketsError` if a
    ///   file cannot be read or written; nothing of the version is in stage-2 then either.
    func manifest(using buffers: TextBuffers, anew: Bool = false) throws -> Manifest? {
        let finished = finishedManifest()
        if let finished, !anew { return finished }
        guard let source = try SourceFile(path: buckets.path(of: version.objectKey)) else {
            return finished
        }
        guard source.size == version.size else { return finished }
        let folder = finished == nil ? folder : folderAnew
        if try !FilePath.names(in: folder).isEmpty { try FilePath.removeTree(folder) }
        try FilePath.makeFolder(folder)
        do {
            guard let manifest = try write(source, to: folder, buffers) else { return finished }
            if finished != nil { try put(folder) }
            return manifest
        } catch {
            remove(folder)
            // A file that is being written looks damaged: then its digest differs, too.
            guard (error as? HandlerError)?.kind == .input else { throw error }
            try source.readToEnd(buffers.raw)
            guard source.holds(version) else { return finished }
            throw error
        }
    }

    /// Puts a folder that was made anew in the place of the former one.
    private func put(_ made: String) throws {
        try FilePath.removeTree(folder)
        guard rename(made, folder) == 0 else {
            throw BucketsError(step: "rename \(made) to \(folder)")
        }
    }

    private func write(
        _ source: SourceFile,
        to folder: String,
        _ buffers: TextBuffers
    ) throws -> Manifest? {
        let name = version.source
        var text = TextSource(source, named: name, buffers: buffers)
        let first = try text.next()
        let given = try TextFormat.Given(settings, key: version.key)
        let format = TextFormat(
            probe: Array(first.bytes),
            isWhole: text.isAtEnd,
            fileName: FilePath.name(of: version.key),
            given: given
        )
        let chunks = ChunkFolder(path: folder, key: folderKey, format: format, limit: chunkBytes)
        var splitter = try format.splitter(first: first.bytes, isWhole: text.isAtEnd, of: name)
        var piece = first
        while true {
            try splitter.take(piece.bytes, into: chunks)
            if let flaw = piece.flaw { throw flaw.error(in: name, line: splitter.line) }
            if text.isAtEnd { break }
            piece = try text.next()
        }
        try splitter.finish(into: chunks)
        guard source.holds(version) else {
            remove(folder)
            return nil
        }
        let manifest = Manifest(
            source: version,
            table: table,
            format: RecordFormat(format),
            chunks: chunks.finished
        )
        let content = try JSONText.encodePretty(manifest)
        try AtomicFile.write(content, to: folder + "/" + Manifest.fileName, durable: false)
        return manifest
    }

    /// The manifest of an earlier run, if it is of this version and all its chunks are whole.
    private func finishedManifest() -> Manifest? {
        let path = folder + "/" + Manifest.fileName
        guard access(path, F_OK) == 0, let manifest = try? Manifest(path: path),
            manifest.source == version
        else { return nil }
        let areWhole = manifest.chunks.allSatisfy { chunk in
            var information = stat()
            return stat(buckets.path(ofBucket: "stage-2") + "/" + chunk.key, &information) == 0
                && Int64(information.st_size) == chunk.size
        }
        return areWhole ? manifest : nil
    }

    private func remove(_ folder: String) {
        try? FilePath.removeTree(folder)
        // The folder of the key goes too unless it holds other versions.
        rmdir(FilePath.parent(of: folder))
    }
}

extension TextFormat.Given {
    /// What a table's settings say of a file's format.
    fileprivate init(_ settings: TableSettings, key: String) throws(HandlerError) {
        var delimiter: UInt8?
        if let text = settings.format.delimiter {
            guard text.utf8.count == 1, let byte = text.utf8.first, byte < 0x80 else {
                throw .failure(
                    "BadSetting",
                    "tables.\(settings.name).format.delimiter is not one ASCII character"
                )
            }
            delimiter = byte
        }
        // Columns that stand as `name=value` in the path are not in the file.
        let inPath = key.split(separator: "/").dropLast().compactMap { folder in
            folder.firstIndex(of: "=").map { String(folder[..<$0]) }
        }
        let columns = settings.columns.filter { !inPath.contains($0.name) }
        self.init(
            kind: settings.format.type.flatMap(Kind.init),
            delimiter: delimiter,
            header: settings.format.header,
            fields: columns.isEmpty ? nil : columns.count
        )
    }
}

extension RecordFormat {
    fileprivate init(_ format: TextFormat) {
        switch format {
        case .csv(let csv):
            self.init(
                type: .csv,
                delimiter: String(UnicodeScalar(csv.delimiter)),
                header: csv.header != nil,
                columns: csv.header,
                fields: csv.fields
            )
        case .json, .jsonLines: self = .json
        }
    }
}
