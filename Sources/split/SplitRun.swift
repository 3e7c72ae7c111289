import Buckets
import Events
import FunctionConfig
import HandlerRuntime

/// One run of `split`: every object of the event, one after the other.
struct SplitRun {
    private let context: HandlerContext
    private let records: [S3Record]
    private let chunkBytes: Int

    init(_ context: HandlerContext) throws(HandlerError) {
        self.context = context
        records = try context.objectRecords()
        let setting = context.environment["CHUNK_BYTES"] ?? "134217728"
        guard let bytes = Int(setting), bytes > 0 else {
            throw .failure(
                "BadSetting",
                "CHUNK_BYTES is `\(setting)`; give a whole number of bytes above 0"
            )
        }
        chunkBytes = bytes
    }

    /// Splits the objects.
    ///
    /// A bad object fails by itself as long as others share the run. A full disk ends the run: it
    /// would meet the others as well, and whatever is done is found done by the next run.
    ///
    /// - Throws: `HandlerError`, of kind `input` if the only object is at fault.
    func result() throws(HandlerError) -> HandlerResult {
        var result = HandlerResult()
        let buffers = TextBuffers()
        for record in records {
            do {
                result.results.append(try split(record, buffers))
            } catch {
                let error = HandlerError(error)
                if records.count == 1 || error.kind == .notNow { throw error }
                result.batchItemFailures.append(
                    BatchItemFailure(
                        itemIdentifier: record.s3.object.sequencer.description,
                        errorType: error.type,
                        errorMessage: error.message,
                        retry: error.kind != .input
                    )
                )
            }
        }
        return result
    }

    private func split(_ record: S3Record, _ buffers: TextBuffers) throws -> JSONValue {
        var version = record.version
        guard !record.eventName.hasPrefix("ObjectRemoved") else { return try remove(record) }
        if version.eTag.isEmpty {
            // An event by hand may leave the content open: then it is what is there now.
            let path = context.buckets.path(of: version.objectKey)
            (version.eTag, version.size) = try ContentDigest.eTag(ofFile: path)
        }
        let table = record.s3.object.table ?? context.config.table(of: version.objectKey)
        let settings = context.config.table(named: table)
        if let derivation = settings.derivation {
            throw HandlerError.input(
                "DerivedTable",
                "\(version.source) belongs to table \(table), which is made of "
                    + "\(derivation.from.joined(separator: ", ")) by a query; drop it into the folder of "
                    + "another table, or rename the derived one"
            )
        }
        let split = ObjectSplit(
            version: version,
            table: table,
            settings: settings,
            buckets: context.buckets,
            chunkBytes: chunkBytes
        )
        let isAnew = record.s3.object.replay == true
        guard let manifest = try split.manifest(using: buffers, anew: isAnew) else {
            HandlerLog.info("superseded", ["object": version.source])
            return answer(version, status: "superseded")
        }
        return answer(
            version,
            status: "split",
            [
                .init(name: "manifest", value: .string("stage-2/" + split.manifestKey)),
                .init(name: "chunks", value: .integer(Int64(manifest.chunks.count))),
                .init(name: "records", value: .integer(Int64(manifest.records))),
            ]
        )
    }

    /// Notes that a key has ended, where the rows of its versions are to leave their table.
    private func remove(_ record: S3Record) throws -> JSONValue {
        let version = record.version
        let table = record.s3.object.table ?? context.config.table(of: version.objectKey)
        let settings = context.config.table(named: table)
        guard record.s3.object.retract == true || settings.retractsDeleted else {
            return answer(version, status: "removed")
        }
        let manifest = Manifest(removalOf: version, table: table)
        let key = Manifest.key(table: table, source: version)
        let path = context.buckets.path(ofBucket: "stage-2") + "/" + key
        if (try? Manifest(path: path)) != manifest {
            try FilePath.makeFolder(FilePath.parent(of: path))
            try manifest.write(to: path)
        }
        return answer(
            version,
            status: "removed",
            [.init(name: "manifest", value: .string("stage-2/" + key))]
        )
    }

    /// What the run says of an object; `status` is `split`, `superseded` or `removed`.
    private func answer(
        _ version: ObjectVersion,
        status: String,
        _ figures: [JSONValue.Member] = []
    ) -> JSONValue {
        .object(
            [
                .init(name: "sequencer", value: .string(version.sequencer.description)),
                .init(name: "object", value: .string(version.source)),
                .init(name: "status", value: .string(status)),
            ] + figures
        )
    }
}
