import Verification

extension VerifyReport {
    /// The most lines of pending work that a person is shown.
    private static let shownPending = 20

    /// Prints findings, what is pending, what could not be proven, and the figures.
    func print() {
        for finding in findings { Console.print(finding.description) }
        for item in pending.prefix(Self.shownPending) {
            Console.print("pending \(item.object): \(item.what)")
        }
        if pending.count > Self.shownPending {
            Console.print("pending: \(pending.count - Self.shownPending) more")
        }
        for note in notes { Console.print("note \(note)") }
        Console.print(
            "checked \(checked.tables) tables, \(checked.versions) versions, \(checked.rows) rows, "
                + "\(checked.files) data files, \(checked.chunks) chunks, \(checked.objects) objects"
                + (checked.quick ? " (quick)" : "")
        )
        Console.print("findings \(findings.count)  pending \(pending.count)")
    }
}
