import Buckets
import Events
import Glibc
import Ledger
import Reports

/// Prints what handlers write as they write it, across runs, until nobody reads any more.
///
/// A line tells whose lines follow whenever that changes, and how a run ended. The kernel tells
/// when a log grows, and when the ledger is written: nothing is polled.
struct RunFollower {
    private let buckets: BucketsFolder
    private let ledger: Ledger
    private let watch: LogWatch
    private let function: String?
    private let only: RecordedRun?
    /// The runs whose logs are read, by path.
    private var logs: [String: FollowedLog] = [:]
    /// Logs of runs whose end was told last: their last change may be told of after that.
    private var ended: [String] = []
    /// The log whose line was printed last.
    private var current: String?

    /// Prepares to follow one run, or those of a function, or all.
    init(
        buckets: BucketsFolder,
        ledger: Ledger,
        function: String?,
        run: RecordedRun?
    ) throws {
        self.buckets = buckets
        self.ledger = ledger
        self.function = function
        only = run
        watch = try LogWatch(buckets, function: run?.function ?? function)
    }

    /// Follows, beginning with the newest `count` runs and those that run at this moment.
    consuming func follow(afterNewest count: Int) async throws {
        try await begin(afterNewest: count)
        tellThatItBegins()
        while !isDone {
            switch await watch.next() {
            case .closed: return
            case .changes(let paths, let mayHaveLost):
                for path in paths where path.hasSuffix(".log") { try await take(path) }
                if mayHaveLost { for path in logs.keys.sorted() { try await take(path) } }
            }
            try await tellEnds()
        }
    }

    /// A single run is followed to its end.
    private var isDone: Bool { only != nil && logs.isEmpty }

    private mutating func begin(afterNewest count: Int) async throws {
        var first: [RecordedRun] = []
        if let only {
            first = [only]
        } else {
            first = try await ledger.runningRuns().filter {
                function == nil || $0.function == function
            }
            if count > 0 {
                let newest = try await ledger.newestRuns(ofFunction: function, limit: count)
                let known = Set(first.map(\.requestID))
                first += newest.filter { !known.contains($0.requestID) }
                first.sort { $0.startedAt < $1.startedAt }
            }
        }
        for run in first {
            watch.add(folderOf: run.logPath)
            logs[run.logPath] = FollowedLog(path: run.logPath, run: run)
            try await take(run.logPath)
        }
        try await tellEnds()
    }

    /// What is written from here on is not missed.
    private func tellThatItBegins() {
        guard only == nil else { return }
        let runs = DaemonStory(of: buckets) != nil
        Console.explain(
            "following \(function ?? "all functions")\(runs ? "" : ", though `sluice up` does not run")"
                + "; Ctrl-C ends it"
        )
    }

    /// Prints what is new in a log.
    private mutating func take(_ path: String) async throws {
        if let only, path != only.logPath { return }
        guard !ended.contains(path) else { return }
        let requestID = String(FilePath.name(of: path).dropLast(".log".count))
        var log: FollowedLog
        if let known = logs[path] {
            log = known
        } else {
            log = FollowedLog(path: path, run: try await ledger.run(requestID))
        }
        let lines = log.read()
        if !lines.isEmpty, current != path {
            Console.print("--- \(log.title)")
            current = path
        }
        for line in lines { Console.print(line) }
        fflush(nil)
        logs[path] = log
    }

    /// Says of runs that have ended how they did, once the ledger has it.
    private mutating func tellEnds() async throws {
        for (path, log) in logs {
            guard let known = log.run else {
                // A run by hand is in no ledger.
                if log.isOver { forget(path) }
                continue
            }
            guard let run = try await ledger.run(known.requestID), run.endedAt != nil else {
                continue
            }
            try await take(path)
            Console.print("--- \(RunLine.header(run, isFull: false))")
            fflush(nil)
            current = nil
            forget(path)
        }
    }

    private mutating func forget(_ path: String) {
        logs[path] = nil
        ended.append(path)
        if ended.count > 256 { ended.removeFirst(128) }
    }
}

/// A log and how far it was read.
private struct FollowedLog {
    let path: String
    let run: RecordedRun?
    /// Whether Sluice's last line of it was read.
    private(set) var isOver = false
    private var offset: Int64 = 0
    /// A line whose end is not written yet.
    private var rest: [UInt8] = []

    init(path: String, run: RecordedRun?) {
        self.path = path
        self.run = run
    }

    /// Whose log it is.
    var title: String {
        run.map(RunLine.title)
            ?? FilePath.name(of: path).replacing(".log", with: ", by hand")
    }

    /// The lines that have come since the last call.
    mutating func read() -> [String] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = pread(file, &block, block.count, off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            rest += block[..<count]
            offset += Int64(count)
        }
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let lines = rest[..<end].split(
            separator: UInt8(ascii: "\n"),
            omittingEmptySubsequences: false
        ).map { String(decoding: $0, as: UTF8.self) }
        rest.removeSubrange(...end)
        isOver = isOver || lines.contains { $0.hasPrefix("REPORT RequestId: ") }
        return lines
    }
}
