import Buckets
import FunctionConfig

/// The command line of the program that copies.
///
/// Every program compares by itself and copies what is new; none deletes. Hidden files and those
/// whose names are of unfinished files stay where they are, in both directions.
struct CopyCommand {
    let arguments: [String]
    let environment: [String: String]

    init(
        _ copy: FolderCopy,
        local: String,
        staging: String,
        environment: [String: String]
    ) {
        let isSync = copy.direction == .sync
        var variables = environment
        switch copy.place {
        case .s3(let url):
            arguments =
                ["s3", "sync"] + (isSync ? [url, local] : [local, url]) + Self.aws(isSync)
                + copy.options
            // Nobody is there to leaf through its output.
            variables["AWS_PAGER"] = ""
        case .rclone(let remote):
            // Its older versions write under the final name; so it writes elsewhere, and what it
            // reports as copied is moved.
            let compared = isSync ? ["--compare-dest", local] : []
            arguments =
                ["copy"] + Self.rclone + compared + copy.options
                + (isSync ? ["--", remote, staging] : ["--", local, remote])
        case .folder(let path):
            arguments = Self.rsync(isSync, path, local, staging, copy.options)
        case .host(let place):
            var options =
                place.hasPrefix("rsync://") || place.contains("::") ? ["--contimeout=20"] : []
            if options.isEmpty, environment["RSYNC_RSH"] == nil {
                // It asks nothing: nobody is there to answer.
                options = ["--rsh=ssh -oBatchMode=yes -oConnectTimeout=20"]
            }
            arguments = Self.rsync(isSync, place, local, staging, options + copy.options)
        }
        self.environment = variables
    }

    /// The endings of unfinished files' names as patterns that all three programs understand.
    private static let unfinished =
        ObjectRules.temporaryEndings.map { "*" + $0 }
        + ["*." + String(repeating: "[0-9a-fA-F]", count: 8)]

    private static func aws(_ isSync: Bool) -> [String] {
        let patterns = [".*", "*/.*"] + unfinished
        return ["--no-progress", "--cli-connect-timeout", "20"]
            // Without it a file of S3 that changed and kept its length is not fetched.
            + (isSync ? ["--exact-timestamps"] : ["--no-follow-symlinks"])
            + patterns.flatMap { ["--exclude", $0] }
    }

    private static let rclone =
        [
            "--use-json-log", "-v", "--stats", "0", "--retries", "1", "--low-level-retries", "3",
            "--contimeout", "20s",
        ]
        + ([".*", ".*/**"] + unfinished).flatMap { ["--exclude", $0] }

    private static func rsync(
        _ isSync: Bool,
        _ place: String,
        _ local: String,
        _ staging: String,
        _ options: [String]
    ) -> [String] {
        let standard = [
            "--recursive", "--times", "--omit-dir-times", "--prune-empty-dirs", "--timeout=120",
            // Times to the nanosecond: two versions may be written within a second.
            "--modify-window=-1", "--out-format=\(CopyOutput.rsyncMark)%n",
            "--exclude=.*", "--include=*/",
        ]
        let ends = isSync ? [place, local] : [local, place]
        return standard + unfinished.map { "--exclude=\($0)" }
            + (isSync ? ["--temp-dir=\(staging)"] : []) + options + ["--"]
            + ends.map { $0.hasSuffix("/") ? $0 : $0 + "/" }
    }
}
