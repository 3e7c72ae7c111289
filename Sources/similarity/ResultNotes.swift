import Buckets
import DeltaTable
import LakeFiles

/// The notes of the files that a run writes into the tables of results.
struct ResultNotes {
    private let notes: [WriteNote]

    /// The notes in these buckets; nothing is written yet.
    init(in buckets: BucketsFolder) {
        notes = ResultTable.allCases.map { table in
            WriteNote(DeltaLog(table: buckets.lakeTable(table.rawValue)), in: buckets)
        }
    }

    /// Removes what runs that were killed have left.
    func recover() throws { for note in notes { try note.recover() } }

    /// What the names of the files must begin with, in every table.
    func mark() throws -> String { try notes.map { try $0.mark() }.first ?? "part" }

    /// Forgets the notes: every file is committed or removed.
    func end() throws { for note in notes { try note.end() } }
}
