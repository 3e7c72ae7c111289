import Buckets
import Events
import Ledger
import Logging

/// Writes the files of records that the ledger has.
///
/// A record has one name and one content, so writing it once more, after a kill between file and
/// ledger, changes nothing.
actor RecordWriter {
    private static let atOnce = 100

    private let buckets: BucketsFolder
    private let ledger: Ledger
    private let logger: Logger
    private let thread = WorkThread(name: "sluice.records")
    private var isWriting = false
    /// Whether there may be more than the call that is at it has seen.
    private var isWanted = false
    private var failures = 0

    init(buckets: BucketsFolder, ledger: Ledger, logger: Logger) {
        self.buckets = buckets
        self.ledger = ledger
        self.logger = logger
    }

    /// Writes all that are there.
    ///
    /// - Returns: Why one could not be written, and nothing more was; nil when none is left, or
    ///   another call is at it.
    func writeAll() async -> String? {
        isWanted = true
        guard !isWriting else { return nil }
        isWriting = true
        defer { isWriting = false }
        do {
            while isWanted {
                isWanted = false
                let records = try await ledger.unwrittenRecords(limit: Self.atOnce)
                guard !records.isEmpty else { continue }
                isWanted = true
                let written = await thread.perform { [buckets] in Self.write(records, in: buckets) }
                let done = records.prefix(written.count).map(\.sequencer)
                if !done.isEmpty {
                    try await ledger.wrote(done, at: UTCTime.nowMicroseconds())
                }
                if let problem = written.problem { return tell(problem) }
            }
        } catch {
            return tell("\(error)")
        }
        failures = 0
        return nil
    }

    private func tell(_ problem: String) -> String {
        if failures % 60 == 0 {
            logger.error("a record cannot be written", metadata: ["error": "\(problem)"])
        }
        failures += 1
        return problem
    }

    /// Writes files in order until one fails; on disk when this returns.
    private static func write(
        _ records: [UnwrittenRecord],
        in buckets: BucketsFolder
    ) -> (count: Int, problem: String?) {
        for (index, record) in records.enumerated() {
            do {
                let path = buckets.path(of: record.file)
                try FilePath.makeFolder(FilePath.parent(of: path))
                try AtomicFile.write(Array((record.json + "\n").utf8), to: path)
            } catch {
                return (index, "\(error)")
            }
        }
        return (records.count, nil)
    }
}
