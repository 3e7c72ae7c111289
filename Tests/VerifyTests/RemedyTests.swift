import Events
import FoundationEssentials
import TestSupport
import Testing

/// Does what findings say, word by word: the commands in backquotes, up to the first `; or`.
@Suite("The remedies of findings")
struct RemedyTests {
    /// The first fault of each kind of finding.
    static let typical: [Fault] = {
        var kinds: Set<String> = []
        return (Fault.lake + Fault.warehouse + Fault.folders + Fault.ledger + Fault.derived).filter
        { fault in
            let own = fault.findings.map { finding in
                let words = finding.split(separator: " ")
                return "\(words[0].prefix { $0 != "." }) \(words[1])"
            }
            defer { kinds.formUnion(own) }
            return !kinds.isSuperset(of: own)
        }
    }()

    /// Faults that are new data: the tables rightly hold other rows afterwards.
    static let changing = [
        "a changed file that nobody noticed", "a new file that nobody noticed",
    ]

    @Test("put right what was found", arguments: typical)
    func mend(fault: Fault) async throws {
        let flow = try await FlowFolder(copyOf: PreparedFlow.settled())
        try await fault.plant(flow)
        let log = try await flow.mend()
        let left = try await flow.verify()["findings"]
        #expect(left == [], "\(log.joined(separator: "\n"))")
        guard !Self.changing.contains(fault.name) else { return }
        let (rows, before) = (try await flow.rows(), try await PreparedFlow.settled().rows())
        #expect(rows == before, "\(log.joined(separator: "\n"))")
    }
}

extension FlowFolder {
    /// Does what the findings of `sluice verify` say, until there are none; the answer tells of it.
    func mend() async throws -> [String] {
        var log: [String] = []
        // What a broken warehouse held is told only once it is out of the way.
        for _ in 0..<3 {
            let findings = try await verify()["findings"]?.array ?? []
            if findings.isEmpty { break }
            var done: Set<String> = []
            for finding in findings {
                let remedy = try #require(finding["remedy"]?.string)
                guard done.insert(remedy).inserted else { continue }
                for command in commands(remedy) { log.append(try await perform(command)) }
            }
        }
        return log
    }

    private func commands(_ remedy: String) -> [String] {
        let first = remedy.firstRange(of: "; or").map { remedy[..<$0.lowerBound] } ?? remedy[...]
        return first.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// Runs a command in a shell, or a statement in the warehouse; the answer tells of both.
    fileprivate func perform(_ command: String) async throws -> String {
        if ["DROP ", "DELETE ", "UPDATE "].contains(where: command.hasPrefix) {
            try await warehouse(command)
            return command
        }
        let program = try builtProgram(named: "sluice")
        let programs = program[..<(program.lastIndex(of: "/") ?? program.endIndex)]
        let end = try await run(
            "/bin/sh",
            ["-c", command],
            environment: ["PATH": "\(programs):/usr/bin:/bin", "HOME": "/"],
            folder: folder.path
        )
        return "$ \(command)\n\(end.text)\(end.errors)exit \(end.code)"
    }

    /// What every table holds, without the sequencers unless they are wanted.
    func rows(withSequencers: Bool = false) async throws -> String {
        var all = ""
        for table in [
            "orders", "products", "prices", "days", "trips", "events", "strict", "lines", "places",
        ] {
            for store in ["lake", "warehouse"] {
                let end = try await sluice([
                    "query", "--format", "csv",
                    "SELECT *\(withSequencers ? "" : " EXCLUDE _seq") FROM \(store).\(table) ORDER BY ALL",
                ])
                all += "\(store).\(table)\n\(end.text)\(end.errors)"
            }
        }
        return all
    }
}
