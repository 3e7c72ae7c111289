import Buckets
import Glibc
import Subprocess
import SystemPackage
import Verification

/// What `sluice-sql inventory` tells of lake and warehouse.
enum TableInventory {
    /// How much is looked at.
    enum Detail {
        /// Every value of every row.
        case values
        /// Rows are counted.
        case counts
        /// What lake and warehouse say of themselves; no row is read.
        case history

        /// The options of `sluice-sql inventory`.
        fileprivate var options: [String] {
            switch self {
            case .values: []
            case .counts: ["--quick"]
            case .history: ["--history"]
            }
        }
    }

    /// Runs it to its end.
    ///
    /// What it says goes through a file without a name, so that its size does not matter; its errors
    /// and its progress go where ours go.
    static func read(
        options: [String],
        hasConfig: Bool,
        detail: Detail,
        scratch: String
    ) async throws -> (
        lake: [String: LakeFacts], warehouse: WarehouseFacts, results: [ResultFacts]
    ) {
        try Buckets.FilePath.makeFolder(scratch)
        let file = try namelessFile(in: scratch)
        defer { close(file) }
        let program = CommonOptions.programs + "/sluice-sql"
        // Without a file of settings there is none to name.
        let given = hasConfig ? options : Array(options.dropFirst(2))
        let result = try await run(
            .path(SystemPackage.FilePath(program)),
            arguments: Arguments(["inventory"] + given + detail.options),
            output: .fileDescriptor(
                FileDescriptor(rawValue: file),
                closeAfterSpawningProcess: false
            ),
            error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
        )
        guard result.terminationStatus == .exited(0) else {
            throw CommandFailure.failed(
                "lake and warehouse could not be read: \(program) ended with "
                    + "\(result.terminationStatus)"
            )
        }
        return try InventoryLine.read(content(of: file))
    }

    private static func namelessFile(in folder: String) throws -> Int32 {
        // What mkstemp(3) replaces.
        let placeholder = String(repeating: "X", count: 6)
        var template = Array("\(folder)/.verify.\(placeholder)".utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else { throw BucketsError(step: "make a file in \(folder)") }
        unlink(template)
        return file
    }

    private static func content(of file: Int32) throws -> [UInt8] {
        try Buckets.FilePath.read("/proc/self/fd/\(file)")
    }
}
