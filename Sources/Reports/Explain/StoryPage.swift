import Events
import Ledger
import TableFacts

/// A story as a page for a person: the answer first, then the facts from top to bottom.
public struct StoryPage {
    private static let label = 11

    /// The lines of the page.
    public var lines: [String] { page.lines }

    private var page: TextPage
    private let story: ObjectStory
    private let now: Int64

    /// Lays a story out.
    ///
    /// - Parameters:
    ///   - story: The story.
    ///   - tellsAll: Whether older versions are told in full.
    ///   - now: Microseconds since 1970.
    ///   - width: The columns to use.
    public init(_ story: ObjectStory, tellsAll: Bool, at now: Int64, width: Int) {
        self.story = story
        self.now = now
        page = TextPage(width: width)
        page.raw(story.object)
        answer()
        page.gap()
        surroundings()
        origin()
        if let quarantine = story.quarantine, story.versions.isEmpty {
            page.gap()
            add(quarantine, copies: [])
        }
        for (index, version) in story.versions.enumerated() where index == 0 || tellsAll {
            page.gap()
            add(version, isNewest: index == 0)
        }
        if !tellsAll, story.versions.count > 1 { older() }
        guard story.versions.contains(where: { $0.steps.contains { !$0.runs.isEmpty } }) else {
            return
        }
        page.gap()
        page.line("`sluice logs RUN` prints what a run wrote.")
    }

    // MARK: - The answer

    private mutating func answer() {
        page.gap()
        if let about = story.about { page.line(about, indent: 2) }
        page.line(story.conclusion, indent: 2)
        for (index, next) in story.next.enumerated() {
            page.labelled(index == 0 ? "Next:" : "", [next + "."], indent: 2, width: 6)
        }
        if !story.suggestions.isEmpty {
            page.line("Did you mean", indent: 2)
            for key in story.suggestions { page.raw(key, indent: 4) }
        }
        for note in story.notes { page.line("Note: \(note).", indent: 2) }
    }

    private mutating func surroundings() {
        if let file = story.file {
            let kind = file.kind == FileStory.regular ? "" : file.kind + ", "
            var text = "\(kind)\(Amount.bytes(file.size)), changed \(file.modified.text(at: now))"
            if let eTag = file.eTag { text += ", eTag \(eTag)" }
            let writers = file.writers.map {
                "open for writing by process \($0.pid) (\($0.program))"
            }
            entry("file", [text] + writers)
        } else {
            entry("file", ["there is none"])
        }
        if story.kind == .object {
            entry("table", ["\(story.table), \(story.tableReason)"])
            if let exclusion = story.exclusion { entry("no object", [exclusion]) }
            entry("triggers", triggers)
        }
        let daemon = story.daemon.map { daemon in
            "runs as process \(daemon.pid)" + (daemon.since.map { ", since \($0.text)" } ?? "")
        }
        entry("sluice up", [daemon ?? "does not run"])
    }

    /// Those that match, and why others do not, as far as they could have.
    private var triggers: [String] {
        let set = story.triggers.filter(\.matches)
        let not = story.triggers.filter { !$0.matches && $0.isOf(story.object) }
        let others = set.isEmpty && not.isEmpty ? story.triggers.filter { $0.bucket != nil } : []
        let texts =
            set.map { "\($0.id) -> \($0.function)" }
            + (not + others).map { "not \($0.id) -> \($0.function): \($0.why ?? "")" }
        return texts.isEmpty ? ["none looks at objects"] : texts
    }

    private mutating func entry(_ label: String, _ texts: [String]) {
        page.labelled(label, texts, width: Self.label)
    }

    /// Where an object of the lake comes from.
    private mutating func origin() {
        let sources = (story.commit?.sources ?? []) + (story.dataFile?.sources ?? [])
        guard !sources.isEmpty else { return }
        page.gap()
        page.line("it stems from")
        page.table(
            sources.map { source in
                let rejected = source.rejected > 0 ? ", \(source.rejected) rejected" : ""
                return [
                    source.object, source.sequencer.description,
                    Amount.count(source.rows, "row") + rejected,
                ]
            },
            indent: 2
        )
    }

    // MARK: - A version

    private mutating func add(_ version: VersionStory, isNewest: Bool) {
        page.line("version \(version.sequencer)\(isNewest ? ", the newest" : "")")
        var facts = [
            version.removal == nil
                ? "\(Amount.bytes(version.size)), eTag \(version.eTag)"
                : "the end of all versions before it"
        ]
        if let at = version.noticedAt, version.removal != nil {
            facts.append("recorded \(at.text(at: now))")
        }
        if let at = version.noticedAt, let by = version.noticedBy {
            facts.append("noticed \(at.text(at: now)) by \(by == "event" ? "an event" : "a scan")")
        }
        if let origin = version.writtenBy {
            let more = origin.count > origin.objects.count ? " and others" : ""
            facts.append(
                "written by \(origin.function), run \(origin.requestID), on "
                    + origin.objects.joined(separator: ", ") + more
            )
        }
        if let deleted = version.deletedAt { facts.append("deleted \(deleted.text(at: now))") }
        for fact in facts { page.line(fact, indent: 2) }
        page.gap()
        let steps = StepLines(version: version, now: now)
        for step in version.steps {
            page.labelled(step.function, steps.texts(of: step), indent: 2, width: Self.label)
            for line in steps.logTail(of: step) { page.raw(line, indent: 2 + Self.label + 2) }
        }
        if version.steps.isEmpty {
            for (label, texts) in steps.textsWithoutLedger {
                page.labelled(label, texts, indent: 2, width: Self.label)
            }
        }
        for (index, quarantine) in version.quarantine.enumerated() {
            // Both functions reject the same records: told once.
            let earlier = version.quarantine[..<index]
            if earlier.contains(where: { $0.reasons == quarantine.reasons }) { continue }
            let copies = version.quarantine[(index + 1)...].filter {
                $0.reasons == quarantine.reasons
            }
            page.gap()
            add(quarantine, copies: copies.map(\.function))
        }
    }

    private mutating func add(_ quarantine: QuarantineStory, copies: [String]) {
        let also = copies.isEmpty ? "" : "; \(copies.joined(separator: ", ")) the same"
        page.labelled(
            "rejected",
            [
                "\(Amount.count(quarantine.rows, "record")), by \(quarantine.function)\(also)",
                quarantine.path,
            ],
            indent: 2,
            width: Self.label
        )
        let part = quarantine.rowsRead < quarantine.rows
        if part {
            page.line(
                "of the first \(Amount.grouped(quarantine.rowsRead)):",
                indent: 2 + Self.label
            )
        }
        for reason in quarantine.reasons.prefix(8) {
            let column = reason.column.map { "\($0): " } ?? ""
            page.line(
                "\(Amount.grouped(reason.rows)) x  \(column)\(reason.reason)",
                indent: 2 + Self.label
            )
            for example in reason.examples {
                let place =
                    example.line.map { "line \($0)" } ?? example.record.map { "record \($0)" }
                    ?? "somewhere"
                page.raw(
                    PlainText.cut(PlainText.line("\(place): \(example.text)"), to: 100),
                    indent: 2 + Self.label + 5
                )
            }
        }
        if quarantine.reasons.count > 8 {
            page.line(
                "and \(quarantine.reasons.count - 8) other reasons",
                indent: 2 + Self.label
            )
        }
    }

    private mutating func older() {
        page.gap()
        page.line("older versions (--all tells all of each)")
        page.table(
            story.versions.dropFirst().map { version in
                [
                    version.sequencer.description, version.noticedAt?.text ?? "",
                    Amount.bytes(version.size), version.status,
                ]
            },
            indent: 2
        )
    }
}
