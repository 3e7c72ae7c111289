import Buckets
import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import HandlerRuntime

/// Puts purged chunks of a version back, by running `split` on its stage-1 object once more.
///
/// `split` writes the same manifest and the same chunks, or nothing when the object has other bytes.
enum RestoredText {
    /// Restores the chunks of a version.
    ///
    /// - Returns: Whether the version has its chunks again.
    static func restore(_ manifest: Manifest, context: HandlerContext) throws -> Bool {
        let source = manifest.source
        let record = S3Record(
            version: source,
            trigger: "restore",
            table: manifest.table,
            localPath: context.buckets.path(of: source.objectKey),
            eventTime: UTCTime.iso8601(microseconds: UTCTime.nowMicroseconds()),
            requestID: context.requestID
        )
        try FilePath.makeFolder(context.scratchFolder)
        let event = "\(context.scratchFolder)/restore-\(source.sequencer).json"
        try AtomicFile.write(
            try HandlerEvent.objects(S3Event(records: [record])).json(),
            to: event,
            durable: false
        )
        HandlerLog.info("text restored", ["source": source.source])
        return try run([
            try program(), "--event", event, "--buckets", context.buckets.path,
            "--config", context.config.path,
        ])
    }

    /// `split` beside this program.
    private static func program() throws(HandlerError) -> String {
        guard let here = FilePath.canonical("/proc/self/exe") else {
            throw .failure("NoSplit", "the folder of this program cannot be found")
        }
        return FilePath.parent(of: here) + "/split"
    }

    /// Runs a program to its end without its output, and tells whether it exited with 0.
    ///
    /// See posix_spawn(3).
    private static func run(_ arguments: [String]) throws(HandlerError) -> Bool {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, arguments[0], &actions, nil, &pointers, environ)
        guard failure == 0 else {
            throw .failure(
                "NoSplit",
                "\(arguments[0]) cannot be run: \(String(cString: strerror(failure)))"
            )
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status == 0
    }
}
