import Events
import FunctionConfig
import Ledger
import TableFacts

/// Says what the facts of a story amount to; looks at nothing else.
struct StoryConclusion {
    let config: FunctionConfig
    /// Microseconds since 1970.
    let now: Int64

    /// Fills in what is concluded: the answer, what happens next, and where each version stands.
    func conclude(_ story: inout ObjectStory) {
        for index in story.versions.indices {
            story.versions[index].status = status(of: story.versions[index])
        }
        switch story.kind {
        case .commit: concludeCommit(&story)
        case .dataFile: concludeDataFile(&story)
        case .catalogEntry, .result:
            story.conclusion =
                story.file == nil
                ? "There is no such file." : "It is written by Sluice; no trigger looks at it."
        case .quarantine:
            story.conclusion =
                story.quarantine.map { "It holds \(Amount.count($0.rows, "bad record"))." }
                ?? "There is no such file: the version has no bad rows, or was replaced."
        case .object, .manifest, .chunk: concludeObject(&story)
        }
        story.next += story.versions.flatMap { version in
            version.open.map { Outlook(story: story, config: config, now: now).text($0, version) }
        }
        if let newest = story.versions.first { story.next += remedies(newest) }
        if story.next.isEmpty, story.isKnown, story.exclusion == nil {
            story.next = ["nothing, all is done"]
        }
    }

    // MARK: - Objects

    private func concludeObject(_ story: inout ObjectStory) {
        guard let newest = story.versions.first else { return concludeUnrecorded(&story) }
        var sentences = [sentence(newest)]
        if !newest.dead.isEmpty || !newest.open.isEmpty, let older = inTables(story.versions) {
            sentences.append(
                "Until then the rows of version \(older.sequencer) stay: \(older.status)."
            )
        }
        sentences += fileSentences(&story, newest)
        story.conclusion = sentences.joined(separator: " ")
    }

    /// An older version whose rows are in some table.
    private func inTables(_ versions: [VersionStory]) -> VersionStory? {
        versions.dropFirst().first { ($0.lake?.present ?? 0) + ($0.warehouse?.present ?? 0) > 0 }
    }

    private func concludeUnrecorded(_ story: inout ObjectStory) {
        guard let file = story.file else {
            story.conclusion = "Nothing is known of it: there is no such file, and there never was."
            return
        }
        let matching = story.triggers.filter(\.matches)
        if let exclusion = story.exclusion {
            story.conclusion = "It is no object, and nothing happens to it: \(exclusion)."
            story.next = [remedy(for: file)]
        } else if matching.isEmpty {
            story.conclusion = "No trigger wants it, so nothing happens to it."
            story.next = ["put it where a trigger looks, or add a trigger; each says why below"]
        } else {
            story.conclusion = "It is not recorded yet: \(notNoticed(story, file))."
            let functions = matching.map(\.function).joined(separator: ", ")
            story.next = [
                story.daemon == nil
                    ? "start `sluice up`: \(functions) will run on it"
                    : "once it is noticed, \(functions) will run on it"
            ]
        }
    }

    private func remedy(for file: FileStory) -> String {
        switch file.kind {
        case FileStory.regular: "rename it, or put a copy under another name"
        case FileStory.folder: "name a file in it"
        default: "put a file there itself, or a hard link"
        }
    }

    private func notNoticed(_ story: ObjectStory, _ file: FileStory) -> String {
        if let writer = file.writers.first {
            return "process \(writer.pid) (\(writer.program)) has it open for writing"
        }
        guard let daemon = story.daemon else { return "`sluice up` does not run" }
        return "`sluice up` (process \(daemon.pid)) has not noticed it, or is reading it"
    }

    /// What the file of today adds to the newest version.
    private func fileSentences(_ story: inout ObjectStory, _ newest: VersionStory) -> [String] {
        if newest.removal != nil { return fileAfterRemoval(story) }
        guard let file = story.file else {
            guard story.kind == .object else { return [] }
            return newest.deletedAt.map {
                ["The file was deleted \($0.age(at: now)); that changes no table."]
            } ?? ["The file is gone; that changes no table."]
        }
        guard let eTag = file.eTag else { return [] }
        if eTag == newest.eTag {
            return newest.deletedAt == nil
                ? ["The same bytes were written again, which does nothing."] : []
        }
        story.next.append("the file holds other bytes than the newest version: a new one follows")
        return ["The file has changed since: \(notNoticed(story, file))."]
    }

    /// What a file that is still there means once its rows were taken out.
    private func fileAfterRemoval(_ story: ObjectStory) -> [String] {
        guard let file = story.file, story.kind == .object else { return [] }
        let content = story.versions.first { $0.removal == nil }
        return file.eTag == nil || file.eTag == content?.eTag
            ? ["The file is still there; it is loaded again once it is dropped again."]
            : ["The file has changed since: \(notNoticed(story, file))."]
    }

    // MARK: - Where a version stands

    /// The answer for the newest version, as a sentence.
    private func sentence(_ version: VersionStory) -> String {
        if let dead = version.dead.first {
            let functions = version.dead.map(\.function).joined(separator: ", ")
            return "Given up by \(functions): \(dead.errorType ?? "Error"): "
                + "\(dead.errorMessage ?? "no reason was given")\(rowsInspite(version))."
        }
        if !version.open.isEmpty {
            let steps = version.open.map { "\($0.function) is \($0.state.word)" }
            return "On its way: \(steps.joined(separator: ", "))."
        }
        return version.status.capitalizedFirst + "."
    }

    /// What of a version that some function gave up is in a table in spite of that.
    private func rowsInspite(_ version: VersionStory) -> String {
        let rows = rowTexts(version)
        return rows.isEmpty ? "" : "; \(rows.joined(separator: ", "))"
    }

    /// Where a version stands, in a few words.
    private func status(of version: VersionStory) -> String {
        if let dead = version.dead.first {
            return "given up by \(version.dead.map(\.function).joined(separator: ", ")): "
                + (dead.errorType ?? "Error")
        }
        if !version.open.isEmpty {
            return version.open.map { "\($0.function) is \($0.state.word)" }.joined(separator: ", ")
        }
        let rows = rowTexts(version)
        let rejected = max(version.lake?.rejected ?? 0, version.warehouse?.rejected ?? 0)
        let rest = rejected > 0 ? "; \(Amount.count(rejected, "record")) rejected" : ""
        if !rows.isEmpty { return (rows + unknown(version)).joined(separator: ", ") + rest }
        if let unknown = unknown(version).first { return unknown + rest }
        if let cause = version.removal { return removed(cause, version) }
        if let removal = version.endedBy { return "taken out with \(removal)" }
        if let next = version.replacedBy { return "replaced by \(next)" }
        if let outdated = version.steps.first(where: { $0.answer?["status"]?.string == "outdated" })
        {
            return "left out by \(outdated.function): a newer version of another file is the table"
        }
        if version.lake?.isAccepted == true || version.warehouse?.status == "loaded" {
            let brought = max(version.lake?.rows ?? 0, version.warehouse?.rows ?? 0)
            return brought == 0
                ? "part of its tables, with no rows\(rest)"
                : "all its \(Amount.count(brought, "row")) gave way to newer ones"
        }
        let states = Set(version.steps.map(\.state))
        if let purged = version.steps.last(where: { $0.state == .purged }) {
            return "given up by \(purged.function), and the dead letter was forgotten: "
                + (purged.errorType ?? "Error")
        }
        if states.contains(.superseded) { return "superseded by a newer version" }
        if states.contains(.cancelled) { return "ended when the file was deleted or replaced" }
        if version.warehouse?.status == "replaced" { return "replaced in the warehouse" }
        if version.steps.isEmpty, version.prunedAt != nil {
            return "replaced; what was done with it is forgotten, as `retention` says"
        }
        if version.steps.isEmpty { return "not in lake or warehouse, and no ledger tells more" }
        return "done by " + version.steps.map(\.function).joined(separator: ", ")
    }

    /// Who took the rows out, and when.
    private func removed(_ cause: String, _ version: VersionStory) -> String {
        let who =
            switch cause {
            case "deletion": ", because the file was deleted"
            case "person": " by `sluice retract`"
            default: ""
            }
        return "taken out\(who)" + (version.noticedAt.map { " \($0.age(at: now))" } ?? "")
    }

    /// What could not be read at this moment.
    private func unknown(_ version: VersionStory) -> [String] {
        var texts: [String] = []
        if let lake = version.lake, lake.problem != nil {
            texts.append("lake.\(lake.table) could not be read")
        }
        if let warehouse = version.warehouse, warehouse.problem != nil {
            texts.append("warehouse.\(warehouse.table) could not be read")
        }
        return texts
    }

    /// `5 rows in lake.t (version 3)`, `5 rows in warehouse.t`.
    private func rowTexts(_ version: VersionStory) -> [String] {
        var texts: [String] = []
        if let lake = version.lake, lake.present > 0 {
            let all = lake.rows.map { $0 > lake.present ? " of \(Amount.grouped($0))" : "" } ?? ""
            let commit = lake.version.map { " (since version \($0))" } ?? ""
            texts.append(
                "\(Amount.grouped(lake.present))\(all) \(lake.present == 1 ? "row" : "rows") in "
                    + "lake.\(lake.table)\(commit)"
            )
        }
        if let warehouse = version.warehouse, warehouse.present > 0 {
            let all =
                warehouse.rows.map { $0 > warehouse.present ? " of \(Amount.grouped($0))" : "" }
                ?? ""
            texts.append(
                "\(Amount.grouped(warehouse.present))\(all) "
                    + "\(warehouse.present == 1 ? "row" : "rows") in warehouse.\(warehouse.table)"
            )
        }
        return texts
    }

    private func remedies(_ version: VersionStory) -> [String] {
        guard !version.dead.isEmpty else { return [] }
        let functions = version.dead.map(\.function)
        let redrive = Set(functions).sorted().map { "`sluice redrive \($0)`" }
        return [
            "correct the file and drop it again under the same name; or, when the cause lay "
                + "elsewhere and is gone, \(redrive.joined(separator: ", "))"
        ]
    }

    // MARK: - The lake

    private func concludeCommit(_ story: inout ObjectStory) {
        guard let commit = story.commit, commit.problem == nil else {
            story.conclusion =
                story.commit?.problem.map { "It cannot be read: \($0)." }
                ?? "There is no such commit of \(story.table)."
            return
        }
        let by = commit.engine == "sluice" ? "" : " by \(commit.engine ?? "another program")"
        story.conclusion =
            "Version \(commit.version) of lake.\(commit.table), made\(by)"
            + (commit.at.map { " \(Moment($0 * 1000).age(at: now))" } ?? "") + ": "
            + "\(Amount.count(commit.added, "data file")) added, \(commit.removed) removed."
        if !story.triggers.contains(where: \.matches) {
            story.conclusion += " No trigger wants it."
        }
    }

    private func concludeDataFile(_ story: inout ObjectStory) {
        guard let file = story.dataFile, file.problem == nil else {
            story.conclusion =
                story.dataFile?.problem.map { "It cannot be read: \($0)." }
                ?? "No commit of lake.\(story.table) names it."
            return
        }
        var parts: [String] = []
        if let added = file.addedIn { parts.append("added by version \(added)") }
        if let removed = file.removedIn {
            parts.append("taken out by version \(removed); its rows count no more")
        }
        if file.isPresent { parts.append("part of the table now") }
        story.conclusion =
            parts.isEmpty
            ? "No commit of lake.\(file.table) names it: what an attempt left that did not commit."
            : "A data file of lake.\(file.table): \(parts.joined(separator: ", "))."
    }
}

extension String {
    /// The text with its first letter large.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
