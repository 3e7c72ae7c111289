/// The figures of one version in one table, and which of them is at fault.
///
/// `records = rows + bad rows` ties together what four places say. When one of them does not fit the
/// others it is that one that is wrong.
struct Account: Equatable {
    /// The rows, counted in the table.
    var rows: Int64
    /// Good rows, by the table's history; nil where it does not tell.
    var loaded: Int64?
    /// Bad rows, by the table's history; nil where it does not tell.
    var rejected: Int64?
    /// Bad rows, counted in quarantine.
    var quarantined: Int64
    /// Records, by the manifest; nil where they cannot be compared with rows.
    var records: Int64?
    /// Whether rows may have given way to later versions.
    var canGiveWay: Bool
    /// Whether no later version is in the table.
    var isNewest = false
    /// Good rows, by the history of the same table in the other store; nil where it does not tell.
    var loadedElsewhere: Int64?

    /// What is wrong.
    enum Fault: Equatable {
        /// The table does not hold so many rows.
        case rows(expected: Int64)
        /// The last version has no row left, though none came after it.
        case noRowOfNewest
        /// The history's figures should be these.
        case load(rows: Int64, rejected: Int64)
        /// The quarantine does not hold so many rows.
        case quarantine(expected: Int64)
        /// Rows and bad rows do not add up to so many records, and no single figure explains it.
        case records(Int64)
    }

    /// Everything that is wrong.
    ///
    /// A quarantine file that is not settled may go at any time, and is not looked at.
    func faults(isQuarantineSettled: Bool) -> [Fault] {
        let bad = isQuarantineSettled ? quarantined : rejected ?? quarantined
        guard let loaded, let rejected else {
            // A log without the commit's figures: manifest and quarantine alone tell.
            guard let records else { return [] }
            return fits(records - bad) ? [] : [.rows(expected: records - bad)]
        }
        var faults: [Fault] = []
        if let wrong = wrongLoad(loaded, rejected, bad) { return [wrong] }
        if !fits(loaded) { faults.append(.rows(expected: loaded)) }
        if canGiveWay, isNewest, loaded > 0, rows == 0 { faults.append(.noRowOfNewest) }
        if bad != rejected { faults.append(.quarantine(expected: rejected)) }
        if faults.isEmpty, let records, loaded + rejected != records {
            faults.append(.records(records))
        }
        return faults
    }

    /// The history is wrong where everything else agrees against it.
    private func wrongLoad(_ loaded: Int64, _ rejected: Int64, _ bad: Int64) -> Fault? {
        if let records {
            guard loaded + rejected != records else { return nil }
            let good = records - bad
            return good >= 0 && fits(good) ? .load(rows: good, rejected: bad) : nil
        }
        guard let elsewhere = loadedElsewhere, elsewhere != loaded, !canGiveWay else { return nil }
        return rows == elsewhere ? .load(rows: elsewhere, rejected: bad) : nil
    }

    private func fits(_ expected: Int64) -> Bool {
        canGiveWay ? rows <= expected : rows == expected
    }
}
