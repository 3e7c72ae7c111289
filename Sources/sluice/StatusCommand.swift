import ArgumentParser
import Buckets
import Daemon
import Events
import FoundationEssentials
import Glibc
import Ledger

/// `sluice status`: how much there is of everything, and what failed.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show objects, queue and failures.",
        discussion: "Ends with 1 if there are dead letters."
    )

    @Flag(help: "Print the figures as JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let buckets = try common.existingBuckets()
        var status: LedgerStatus?
        var letters: [DeadLetter] = []
        var refused: [String: String] = [:]
        var schedules: [RecordedSchedule] = []
        if let ledger = try buckets.readLedger() {
            status = try await ledger.status()
            letters = try await ledger.deadLetters()
            refused = try await ledger.refusedNames()
            schedules = try await ledger.schedules()
        }
        let pid = BucketsLock.holder(of: buckets)
        var report = StatusReport(
            pid: pid,
            rejectedRows: RejectedRows.count(in: buckets),
            status: status
        )
        let now = UTCTime.nowMicroseconds()
        report.schedules = schedules.compactMap {
            ScheduleReport($0, at: now, isRunning: pid != nil)
        }
        if json {
            Console.print(json: try JSONText.encodePretty(report))
        } else {
            report.print(letters, refused: refused)
        }
        if !letters.isEmpty { throw ExitCode.failure }
    }
}

extension BucketsFolder {
    /// The ledger, to read only; nil before the first `sluice up`.
    func readLedger() throws -> Ledger? {
        guard access(ledgerPath, R_OK) == 0 else { return nil }
        return try Ledger(path: ledgerPath, readOnly: true)
    }
}

/// What `sluice status --json` prints.
private struct StatusReport: Encodable {
    var pid: Int32?
    var objects: Int
    var queued: Int
    var running: Int
    var waiting: Int
    var deadLetters: Int
    var rejectedRows: Int
    var functions: [String: LedgerStatus.Counts]
    var tables: [String: LedgerStatus.Counts]
    var schedules: [ScheduleReport] = []

    init(pid: Int32?, rejectedRows: Int, status: LedgerStatus?) {
        self.pid = pid
        self.rejectedRows = rejectedRows
        objects = status?.objects ?? 0
        queued = status?.queued ?? 0
        running = status?.running ?? 0
        waiting = status?.waiting ?? 0
        deadLetters = status?.deadLetters ?? 0
        functions = status?.functions ?? [:]
        tables = status?.tables ?? [:]
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(pid, forKey: .pid)
        try container.encode(objects, forKey: .objects)
        try container.encode(queued, forKey: .queued)
        try container.encode(running, forKey: .running)
        try container.encode(waiting, forKey: .waiting)
        try container.encode(deadLetters, forKey: .deadLetters)
        try container.encode(rejectedRows, forKey: .rejectedRows)
        try container.encode(functions, forKey: .functions)
        try container.encode(tables, forKey: .tables)
        try container.encode(schedules, forKey: .schedules)
    }

    private enum CodingKeys: String, CodingKey {
        case pid
        case objects
        case queued
        case running
        case waiting
        case deadLetters
        case rejectedRows
        case functions
        case tables
        case schedules
    }

    func print(_ letters: [DeadLetter], refused: [String: String]) {
        Console.print(pid.map { "sluice up runs as process \($0)" } ?? "sluice up does not run")
        Console.print(
            "objects \(objects)  queued \(queued)  running \(running)  waiting \(waiting)  "
                + "dead letters \(deadLetters)  rejected rows \(rejectedRows)"
        )
        print("function", functions)
        print("table", tables)
        for schedule in schedules { Console.print(schedule.line) }
        for letter in letters {
            let object = (letter.source ?? letter.object)?.source ?? letter.trigger
            Console.print(
                "dead letter: \(letter.function): \(object): \(letter.errorType): "
                    + letter.errorMessage
            )
        }
        for (path, reason) in refused.sorted(by: { $0.key < $1.key }) {
            Console.print("refused name: \(path): \(reason)")
        }
    }

    private func print(_ kind: String, _ all: [String: LedgerStatus.Counts]) {
        for (name, counts) in all.sorted(by: { $0.key < $1.key }) {
            Console.print(
                "\(kind) \(name): queued \(counts.queued), running \(counts.running), waiting "
                    + "\(counts.waiting), done \(counts.done), superseded \(counts.superseded), "
                    + "dead letters \(counts.deadLetters)"
            )
        }
    }
}
