import Buckets
import Events
import FoundationEssentials
import Glibc
import Ledger

/// The dead letters of a buckets folder as `expect/dead-letters.csv` lists them.
///
/// The key is that of the dropped object. A version that two functions refuse for the same reason
/// is listed once.
struct DeadLetterTable {
    /// Keys and error types.
    let table: ResultTable
    /// What went wrong, a line for each.
    let messages: String

    /// No dead letters.
    static var empty: ResultTable { ResultTable(csv: Array("key,errorType\n".utf8)) }

    /// Reads the ledger.
    init(of buckets: BucketsFolder) async throws {
        var table = Self.empty
        var messages: [String] = []
        let path = buckets.stateFolder + "/" + Ledger.fileName
        if access(path, R_OK) == 0 {
            for letter in try await Ledger(path: path, readOnly: true).deadLetters() {
                let key = (letter.source ?? letter.object)?.key ?? letter.trigger
                let row: [ResultTable.Cell] = [.text(key), .text(letter.errorType)]
                if !table.rows.contains(row) { table.rows.append(row) }
                messages.append("\(letter.function): \(key): \(letter.errorMessage)")
            }
        }
        self.table = table
        self.messages = messages.joined(separator: "\n")
    }

    /// The table as CSV, by key.
    var csv: Data {
        let lines = table.rows.map(ResultTable.line).sorted()
        let text = ([ResultTable.line(table.header)] + lines).joined(separator: "\n") + "\n"
        return Data(text.utf8)
    }
}
