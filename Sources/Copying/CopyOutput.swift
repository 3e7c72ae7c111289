import Buckets
import Events
import FunctionConfig
import HandlerRuntime

/// What the program that copies says while it does: files and complaints.
struct CopyOutput {
    /// What rsync is told to write before the name of a file that it has copied.
    static let rsyncMark = "copied "

    /// How many files were copied.
    private(set) var copied = 0
    /// The last lines that tell of no file.
    private(set) var complaints: [String] = []
    /// Why a file that was fetched is not in its place; nil when each is.
    private(set) var unplaced: String?

    private let place: FolderCopy.Place
    private let isSync: Bool
    private let local: String
    private let staging: String
    private let secrets: Secrets

    init(_ copy: FolderCopy, local: String, staging: String, environment: [String: String]) {
        place = copy.place
        isSync = copy.direction == .sync
        self.local = local
        self.staging = staging
        secrets = Secrets(environment)
    }

    /// Takes a line.
    mutating func take(_ line: String) {
        let line = secrets.hidden(in: line)
        switch place {
        case .s3:
            let marks = ["download: ", "upload: ", "copy: "]
            guard let mark = marks.first(where: line.hasPrefix) else { return complain(line) }
            note(String(line.dropFirst(mark.count)))
        case .folder, .host:
            guard line.hasPrefix(Self.rsyncMark) else { return complain(line) }
            if !line.hasSuffix("/") { note(String(line.dropFirst(Self.rsyncMark.count))) }
        case .rclone:
            takeLog(line)
        }
    }

    private mutating func takeLog(_ line: String) {
        guard let entry = try? JSONValue(parsing: line), let message = entry["msg"]?.string else {
            return complain(line)
        }
        guard let file = entry["object"]?.string, message.contains("Copied (") else {
            // At each start it tells that it has no file of settings, which it need not have.
            guard entry["level"]?.string != "info", !message.contains("not found - using defaults")
            else { return }
            let subject = entry["object"]?.string.map { $0 + ": " } ?? ""
            return complain(subject + message)
        }
        if isSync, !put(file) { return }
        note(file)
    }

    /// Moves a file that was fetched whole from where it arrived to its place.
    private mutating func put(_ file: String) -> Bool {
        guard !file.split(separator: "/").contains("..") else { return false }
        do {
            let target = local + "/" + file
            try FilePath.makeFolder(FilePath.parent(of: target))
            try FilePath.move(staging + "/" + file, to: target)
            return true
        } catch {
            unplaced = "\(file) was fetched but could not be put in its place: \(error)"
            return false
        }
    }

    private mutating func note(_ file: String) {
        copied += 1
        HandlerLog.info("copied", ["file": file])
    }

    private mutating func complain(_ line: String) {
        guard line.contains(where: { !$0.isWhitespace }) else { return }
        HandlerLog.warning("said", ["program": place.program, "text": line])
        complaints.append(line)
        if complaints.count > 40 { complaints.removeFirst() }
    }
}

/// Values of the environment that are nobody's business.
struct Secrets {
    private let values: [String]

    init(_ environment: [String: String]) {
        let names = ["PASS", "SECRET", "TOKEN", "KEY"]
        values = environment.filter { variable in
            variable.value.utf8.count >= 6
                && names.contains(where: variable.key.uppercased().contains)
        }.values.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The text with each of them replaced by `***`.
    func hidden(in text: String) -> String {
        values.reduce(text) { $0.replacing($1, with: "***") }
    }
}
