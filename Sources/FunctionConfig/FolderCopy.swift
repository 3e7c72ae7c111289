/// What a function with the handler `sync` or `publish` copies, and by which program.
public struct FolderCopy: Sendable, Equatable {
    /// Which way it goes.
    public enum Direction: String, Sendable {
        /// From a place elsewhere into a bucket.
        case sync
        /// From a bucket to a place elsewhere.
        case publish
    }

    /// A place outside the buckets; its form says which program goes there.
    public enum Place: Sendable, Equatable, CustomStringConvertible {
        /// `s3://bucket/prefix`, for `aws s3 sync`.
        case s3(String)
        /// `remote:path` as rclone names it, written `rclone:remote:path`.
        case rclone(String)
        /// A folder of this machine by its absolute path, for rsync.
        case folder(String)
        /// `host:path`, `host::module/path` or `rsync://host/module/path`, for rsync.
        case host(String)

        /// The program that copies from there and to there.
        public var program: String {
            switch self {
            case .s3: "aws"
            case .rclone: "rclone"
            case .folder, .host: "rsync"
            }
        }

        /// As it stands in the settings; a folder by its absolute path.
        public var description: String {
            switch self {
            case .s3(let text), .folder(let text), .host(let text): text
            case .rclone(let text): "rclone:" + text
            }
        }
    }

    /// Which way it goes.
    public var direction: Direction
    /// The place outside.
    public var place: Place
    /// `bucket` or `bucket/prefix`.
    public var folder: String
    /// Further options of the program.
    public var options: [String]

    /// Puts it together; the settings are checked elsewhere.
    public init(direction: Direction, place: Place, folder: String, options: [String]) {
        self.direction = direction
        self.place = place
        self.folder = folder
        self.options = options
    }

    /// Where it copies from and to, as a reader is told.
    public var ends: (from: String, to: String) {
        direction == .sync ? (place.description, folder) : (folder, place.description)
    }
}

extension FolderCopy.Place {
    /// Why a text names no place.
    struct Flaw: Error {
        let problem: String
        let remedy: String
    }

    private static let forms =
        "use s3://bucket/prefix, rclone:remote:path, host:path, rsync://host/module or a path"

    /// Reads a place; a relative path counts from `home`.
    init(_ text: String, home: String) throws(Flaw) {
        if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw Flaw(problem: "it holds a control character", remedy: "remove it")
        }
        if text.isEmpty || text.hasPrefix("-") {
            throw Flaw(problem: "`\(text)` names no place", remedy: Self.forms)
        }
        if text.contains("${") {
            throw Flaw(
                problem: "variables are not replaced here",
                remedy: "write the place itself, and leave credentials in the environment"
            )
        }
        if text.hasPrefix("s3://") {
            self = .s3(try Self.bucketURL(text))
        } else if text.hasPrefix("rclone:") {
            self = .rclone(try Self.remote(text.dropFirst("rclone:".count)))
        } else if text.contains("://") {
            self = .host(try Self.rsyncURL(text))
        } else if text.prefix(while: { $0 != "/" }).contains(":") {
            guard !text.hasPrefix(":") else {
                throw Flaw(problem: "`\(text)` has no host", remedy: Self.forms)
            }
            self = .host(text)
        } else {
            self = .folder(Self.plain(FunctionConfig.absolute(text, in: home)))
        }
    }

    private static func bucketURL(_ text: String) throws(Flaw) -> String {
        let bucket = text.dropFirst("s3://".count).prefix { $0 != "/" }
        guard !bucket.isEmpty, !bucket.contains(where: { $0 == ":" || $0 == "@" }) else {
            throw Flaw(problem: "it names no bucket", remedy: "write s3://bucket/prefix")
        }
        return text
    }

    /// A remote of rclone's; one that is described on the spot must hold no credentials.
    private static func remote(_ text: Substring) throws(Flaw) -> String {
        guard text.dropFirst().contains(":") else {
            throw Flaw(problem: "it names no remote", remedy: "write rclone:remote:path")
        }
        let options = text.split(separator: ",").dropFirst().map { $0.lowercased() }
        let secrets = ["pass", "secret", "token", "access_key", "key_id", "credentials"]
        for option in options where secrets.contains(where: option.contains) {
            throw Flaw(
                problem: "it seems to hold credentials",
                remedy: "set them as RCLONE_CONFIG_<REMOTE>_<OPTION> where Sluice is started"
            )
        }
        return String(text)
    }

    private static func rsyncURL(_ text: String) throws(Flaw) -> String {
        guard text.hasPrefix("rsync://") else {
            let scheme = text.prefix { $0 != ":" }
            throw Flaw(problem: "the scheme `\(scheme)` is not known", remedy: forms)
        }
        let parts = text.dropFirst("rsync://".count).split(
            separator: "/",
            omittingEmptySubsequences: false
        )
        guard parts.count > 1, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw Flaw(problem: "it names no module", remedy: "write rsync://host/module/path")
        }
        let user = parts[0].split(separator: "@")
        guard user.count < 2 || !user[0].contains(":") else {
            throw Flaw(
                problem: "it holds a password",
                remedy: "set RSYNC_PASSWORD where Sluice is started"
            )
        }
        return text
    }

    /// A path without `.`, `..` and empty parts, as far as text alone can tell.
    static func plain(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
