import DeltaTable
import Events
import FunctionConfig

/// What a snapshot of the table says of one version.
enum VersionState: Equatable {
    /// Its rows are in the table, or are known to be none.
    case present
    /// A newer version of its key is in the table.
    case superseded
    /// In mode `replace`: a newer version of another key is the table.
    case outdated
    /// It is to be converted.
    case due

    init(source: String, sequencer: Int64, mode: TableSettings.Mode, snapshot: Snapshot?) {
        let transactions = snapshot?.transactions ?? [:]
        if mode == .upsert {
            let name = Transactions.name(source: source, sequencer: sequencer, mode: mode)
            self = transactions[name] == nil ? .due : .present
            return
        }
        let known = transactions[source] ?? -1
        if known == sequencer {
            self = .present
        } else if known > sequencer {
            self = .superseded
        } else if mode == .replace, (transactions.values.max() ?? -1) > sequencer {
            self = .outdated
        } else {
            self = .due
        }
    }
}

/// How object versions stand in a table's transactions.
///
/// Source: Delta Lake protocol, "Transaction Identifiers".
enum Transactions {
    /// The application of a version: its source, in mode `upsert` with the sequencer behind it.
    static func name(source: String, sequencer: Int64, mode: TableSettings.Mode) -> String {
        guard mode == .upsert else { return source }
        return source + "@" + Sequencer(rawValue: UInt64(sequencer)).description
    }

    /// The versions that a table's rows come from, in the order of their sequencers.
    ///
    /// In mode `replace` only the greatest one.
    static func versions(
        in snapshot: Snapshot,
        mode: TableSettings.Mode
    ) -> [(source: String, sequencer: Int64)] {
        let all = snapshot.transactions.map { name, sequencer in
            let source = mode == .upsert ? String(name.dropLast(17)) : name
            return (source: source, sequencer: sequencer)
        }
        let ordered = all.sorted { $0.sequencer < $1.sequencer }
        return mode == .replace ? ordered.suffix(1) : ordered
    }
}
