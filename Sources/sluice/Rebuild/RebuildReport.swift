import Reports
import Restoration
import Verification

/// What `sluice rebuild` tells.
struct RebuildReport: Encodable {
    /// What was wrong with the ledger; nil where it was lost.
    var damage: String?
    /// The path of the old file; nil where there was none, or nothing was done.
    var kept: String?
    /// Versions of dropped files.
    var versions: Int
    /// Manifests.
    var manifests: Int
    /// Commits of lake tables.
    var commits: Int
    /// Deliveries that are done.
    var done: Int
    /// Deliveries that are left to do, by function.
    var queued: [String: Int]
    /// What else to know.
    var notes: [String]

    init(_ restoration: Restoration, _ remains: Remains, damage: String?) {
        self.damage = damage
        (versions, manifests, commits) = restoration.counts
        done = restoration.done
        queued = restoration.queued
        notes = remains.lake.values.sorted { $0.table < $1.table }.compactMap { table in
            table.problem.map { "lake.\(table.table) tells nothing: \($0)" }
        }
        notes += remains.folders.unreadableManifests.map {
            "stage-2/\($0.key) tells nothing: \($0.problem)"
        }
    }

    /// Prints it for people.
    func print(isDone: Bool) {
        Console.print("ledger: \(damage ?? "lost")")
        let parts = [
            Amount.count(versions, "version"), Amount.count(manifests, "manifest"),
            Amount.count(commits, "commit"),
        ]
        Console.print(
            "\(isDone ? "recorded" : "would record"): \(parts.joined(separator: ", ")); "
                + "\(Amount.grouped(done)) done"
                + queued.sorted { $0.key < $1.key }
                .map { ", \(Amount.grouped($0.value)) to do by \($0.key)" }.joined()
        )
        for note in notes { Console.print("note \(note)") }
        if let kept { Console.print("the old file is \(kept)") }
        if isDone {
            Console.print("`sluice up` takes up what is left, and files of which nothing told")
        }
    }
}
