public import Buckets
public import Events

/// Finds the greatest sequencer that stage-2 and the lake name, for a ledger that was lost.
public struct SequencerFloor: Sendable {
    private let buckets: BucketsFolder

    /// Looks nowhere yet.
    public init(_ buckets: BucketsFolder) { self.buckets = buckets }

    /// The greatest one, 0 when there is none.
    ///
    /// Reads every folder of stage-2 and every Delta log.
    public func find() -> Sequencer {
        var greatest = Sequencer(rawValue: 0)
        findInStage2(buckets.path(ofBucket: "stage-2"), &greatest)
        let lake = buckets.path(ofBucket: "lake")
        for table in (try? FilePath.names(in: lake)) ?? [] {
            let log = "\(lake)/\(table)/_delta_log"
            for name in (try? FilePath.names(in: log)) ?? [] where name.hasSuffix(".json") {
                findInCommit("\(log)/\(name)", &greatest)
            }
        }
        return greatest
    }

    private func findInStage2(_ folder: String, _ greatest: inout Sequencer) {
        for name in (try? FilePath.names(in: folder)) ?? [] {
            if let sequencer = Sequencer(name) {
                greatest = max(greatest, sequencer)
            } else if FilePath.isFolder("\(folder)/\(name)") {
                findInStage2("\(folder)/\(name)", &greatest)
            }
        }
    }

    /// The versions of `txn` actions are sequencers.
    private func findInCommit(_ path: String, _ greatest: inout Sequencer) {
        guard let content = try? FilePath.read(path) else { return }
        for line in content.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            guard text.hasPrefix(#"{"txn""#), let action = try? JSONValue(parsing: text),
                let version = action["txn"]?["version"]?.integer, version > 0
            else { continue }
            greatest = max(greatest, Sequencer(rawValue: UInt64(version)))
        }
    }
}
