import Buckets
import Events
import FoundationEssentials
import TestSupport

/// Buckets of their own, into which a test drops objects, and the built `split` to run on them.
struct SplitBench {
    let scratch: ScratchFolder
    private let program: String

    init() throws {
        scratch = try ScratchFolder()
        program = try builtProgram(named: "split")
        try BucketsFolder(path: scratch.path("buckets")).prepare()
    }

    /// Puts an object into `stage-1`.
    ///
    /// - Returns: The version as a watcher would record it.
    func drop(
        _ content: some DataProtocol,
        as key: String,
        sequencer: UInt64 = 1
    ) throws
        -> ObjectVersion
    {
        let path = try scratch.write(Data(content), to: "buckets/stage-1/\(key)")
        let (eTag, size) = try ContentDigest.eTag(ofFile: path)
        return ObjectVersion(
            bucket: "stage-1",
            key: key,
            size: size,
            eTag: eTag,
            sequencer: Sequencer(rawValue: sequencer)
        )
    }

    /// Runs `split` on one event of these versions.
    func split(
        _ versions: ObjectVersion...,
        chunkBytes: Int = 1 << 27,
        config: String? = nil
    ) async throws -> ProgramEnd {
        let records = versions.map { version in
            S3Record(
                version: version,
                trigger: "new-file",
                table: nil,
                localPath: scratch.path("buckets/stage-1/\(version.key)"),
                eventTime: "2026-01-01T00:00:00.000Z",
                requestID: "r"
            )
        }
        if let config { try scratch.write(config, to: "functions.json") }
        return try await run(
            program,
            ["--buckets", "buckets"],
            input: JSONText.encode(S3Event(records: records)),
            environment: ["CHUNK_BYTES": "\(chunkBytes)"],
            folder: scratch.path
        )
    }

    /// The manifest of a version.
    func manifest(_ version: ObjectVersion) throws -> Manifest {
        let table = String(version.key.prefix { $0 != "/" })
        return try Manifest(
            path: scratch.path("buckets/stage-2/\(Manifest.key(table: table, source: version))")
        )
    }

    /// The bytes of an object in `stage-2`.
    func staged(_ key: String) throws -> Data { try scratch.read("buckets/stage-2/\(key)") }

    /// The text of a chunk.
    func text(_ chunk: Manifest.Chunk) throws -> String {
        String(decoding: try staged(chunk.key), as: UTF8.self)
    }

    /// Everything that lies in `stage-2`.
    func stagedFiles() throws -> [String] { try scratch.files(in: "buckets/stage-2") }
}
