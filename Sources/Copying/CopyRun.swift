import Buckets
public import Events
public import FunctionConfig
import Glibc
public import HandlerRuntime

/// One run of `sync` or `publish`: lets another program copy what is new.
///
/// What arrives in a bucket has its final name only when it is whole. Nothing is deleted at the
/// other end unless the settings' options say so. A run that was killed is made good by the next
/// one, which finds by itself what is missing.
public struct CopyRun {
    private let function: String
    private let copy: FolderCopy
    private let buckets: BucketsFolder
    private let environment: [String: String]

    /// A run of the context's function.
    ///
    /// - Throws: `HandlerError` where the settings do not say what it copies.
    public init(
        _ context: HandlerContext,
        _ direction: FolderCopy.Direction
    ) throws(HandlerError) {
        guard let copy = context.config.function(named: context.functionName)?.copy,
            copy.direction == direction
        else {
            throw .failure(
                "NoPlace",
                "the settings have no function \(context.functionName) with the handler "
                    + "\(direction.rawValue); write one with `from` and `to`"
            )
        }
        function = context.functionName
        self.copy = copy
        buckets = context.buckets
        environment = context.environment
    }

    /// Copies what is new.
    ///
    /// - Returns: How many files were copied.
    /// - Throws: `HandlerError`: not now while another run of the function copies, its program is
    ///   not installed, or the place cannot be reached; a failure where the place refuses or lacks
    ///   something. What was copied until then stays.
    public func run() throws -> HandlerResult {
        let lock = try CopyLock(buckets.stateFolder + "/" + function + ".lock", function: function)
        defer { lock.release() }
        let local = buckets.path + "/" + copy.folder
        var copied = 0
        if try prepare(local) {
            copied = try transfer(local)
        }
        let (from, to) = copy.ends
        return HandlerResult(results: [
            [
                "from": .string(from), "to": .string(to), "program": .string(copy.place.program),
                "status": copy.direction == .sync ? "synced" : "published",
                "copied": .integer(Int64(copied)),
            ]
        ])
    }

    /// Makes the folder to copy into; false when there is nothing to copy from a bucket yet.
    private func prepare(_ local: String) throws -> Bool {
        switch (copy.direction, copy.place) {
        case (.sync, .folder(let path)) where !Self.isFolder(path):
            throw away("there is no folder \(path)")
        case (.publish, _) where !Self.isFolder(local): return false
        case (.publish, .folder(let path)) where !Self.isFolder(FilePath.parent(of: path)):
            throw away("there is no folder \(FilePath.parent(of: path))")
        case (.publish, .folder(let path)): try FilePath.makeFolder(path)
        case (.sync, _): try FilePath.makeFolder(local)
        default: break
        }
        return true
    }

    private func transfer(_ local: String) throws -> Int {
        let program = copy.place.program
        guard let executable = ChildProgram.find(program, path: environment["PATH"] ?? "") else {
            throw HandlerError.notNow(
                "ProgramMissing",
                "\(program), which copies \(copy.ends.from), was not found on PATH; "
                    + Installation.remedy(for: program)
            )
        }
        // Within the bucket, so that a file goes to its place by a rename; hidden, so that nothing
        // in it is an object. What a killed run left there may be half a file.
        let staging = local + "/." + function + ".incoming"
        if copy.direction == .sync {
            try FilePath.removeTree(staging)
            try FilePath.makeFolder(staging)
        }
        defer { if copy.direction == .sync { try? FilePath.removeTree(staging) } }
        let command = CopyCommand(copy, local: local, staging: staging, environment: environment)
        var reader = CopyOutput(copy, local: local, staging: staging, environment: environment)
        let end = try ChildProgram.run(
            executable,
            command.arguments,
            environment: command.environment
        ) { reader.take($0) }
        if let failure = CopyFailure(copy, end: end, lines: reader.complaints) {
            throw failure.error(after: reader.copied)
        }
        if let complaint = reader.unplaced {
            throw HandlerError.failure("CopyFailed", complaint)
        }
        return reader.copied
    }

    private func away(_ reason: String) -> HandlerError {
        CopyFailure(copy, reason: .away, detail: reason).error(after: 0)
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

/// Where the programs that copy come from.
enum Installation {
    static func remedy(for program: String) -> String {
        switch program {
        case "aws": "install it by `apt install awscli` or `pip install awscli`"
        default: "install it by `apt install \(program)`"
        }
    }
}
