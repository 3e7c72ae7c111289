import Buckets
import FoundationEssentials
import Glibc

/// Runs one case in fresh buckets: drops, lets the flow settle, compares.
struct CaseRun: Sendable {
    private let folder: CaseFolder
    private let options: Options

    /// How cases are run.
    struct Options: Sendable {
        /// Whether what came out is written as the expectation.
        var update = false
        /// Whether buckets and schemas are kept.
        var keep = false
        /// The URL of another warehouse.
        var warehouse: String?
    }

    init(_ folder: CaseFolder, _ options: Options) {
        self.folder = folder
        self.options = options
    }

    /// Runs the case; whatever goes wrong is in the report.
    func report() async -> CaseReport {
        do {
            let scratch = try Self.makeScratch(for: folder.name)
            let buckets = BucketsFolder(path: scratch + "/buckets")
            let url = try folder.hasWarehouse ? options.warehouse : nil
            let warehouse = url.map { CaseWarehouse(url: $0, caseName: folder.name) }
            var problems: [String] = []
            do {
                try buckets.prepare()
                let settings = try folder.linked(in: scratch + "/case")
                try warehouse?.enter(into: settings, like: folder)
                let place = Place(buckets: buckets, settings: settings)
                problems = try await problemsOfFlow(in: place)
                if problems.isEmpty { problems = try await problemsOfResults(in: place) }
                if warehouse != nil, !options.keep {
                    let end = try await start("sluice-sql", ["drop-test-schema"], place)
                    if end.code != 0 { problems.append(end.errors) }
                }
            } catch {
                problems.append("\(error)")
            }
            if !options.keep { try FilePath.removeTree(scratch) }
            return CaseReport(
                name: folder.name,
                problems: problems,
                buckets: options.keep ? buckets.path : nil,
                schema: options.keep ? warehouse?.schema : nil
            )
        } catch {
            return CaseReport(name: folder.name, problems: ["\(error)"])
        }
    }

    /// Where a case runs.
    private struct Place {
        let buckets: BucketsFolder
        let settings: String
    }

    // MARK: - The flow

    private func problemsOfFlow(in place: Place) async throws -> [String] {
        let buckets = place.buckets
        // Files get times of the past hour, rising with each file and each step.
        var clock = time(nil) - 3600
        for step in try folder.steps() {
            for key in step.deletions {
                guard unlink("\(buckets.path(ofBucket: "stage-1"))/\(key)") == 0 else {
                    return ["stage-1/\(key), to be deleted, is not there"]
                }
            }
            for key in try step.drop.map(CaseFolder.keys) ?? [] {
                let target = "\(buckets.path(ofBucket: "stage-1"))/\(key)"
                try Self.drop("\(step.drop ?? "")/\(key)", at: target, modified: clock)
                clock += 1
            }
            let end = try await start("sluice", ["up", "--once"], place)
            let isWithDeadLetters = end.code == 1
            guard end.code == 0 || isWithDeadLetters else {
                return ["`sluice up --once` ended with \(end.code)\n\(end.errors)"]
            }
            if isWithDeadLetters, try await DeadLetterTable(of: buckets).table.rows.isEmpty {
                return ["`sluice up --once` left work undone\n\(end.errors)"]
            }
        }
        return []
    }

    private static func drop(_ source: String, at target: String, modified: time_t) throws {
        try FilePath.makeFolder(FilePath.parent(of: target))
        try AtomicFile.write(try FilePath.read(source), to: target, durable: false)
        let time = timespec(tv_sec: modified, tv_nsec: 0)
        utimensat(AT_FDCWD, target, [time, time], 0)
    }

    // MARK: - The results

    private func problemsOfResults(in place: Place) async throws -> [String] {
        var problems: [String] = []
        let expected = try folder.expected()
        if expected.isEmpty { problems.append("neither expect/ nor queries/ holds a NAME.sql") }
        for expectation in expected {
            let sql = String(
                decoding: try FilePath.read("\(folder.path)/\(expectation.statement)"),
                as: UTF8.self
            )
            let end = try await start(
                "sluice-sql",
                ["query", "--format", "csv"],
                place,
                operands: [expectation.savedQuery ?? sql]
            )
            guard end.code == 0 else {
                problems.append("\(expectation.statement) failed\n\(end.errors)")
                continue
            }
            let problem = try compare(
                end.output,
                with: "\(folder.path)/\(expectation.rows)",
                isOrdered: RowOrder.isGiven(by: sql)
            )
            if let problem { problems.append("\(expectation.rows): \(problem)") }
        }
        // What the results do not show must be right as well.
        let proof = try await start("sluice", ["verify"], place)
        if proof.code != 0 {
            problems.append(
                "`sluice verify`: \(String(decoding: proof.output, as: UTF8.self))\(proof.errors)"
            )
        }
        let letters = try await DeadLetterTable(of: place.buckets)
        if let problem = try problem(with: letters) { problems.append(problem) }
        return problems
    }

    private func compare(
        _ output: [UInt8],
        with file: String,
        isOrdered: Bool
    ) throws -> String? {
        let got = ResultTable(csv: output)
        var difference: String?
        if access(file, R_OK) == 0 {
            let expected = ResultTable(csv: try FilePath.read(file))
            let comparison = ResultComparison(expected: expected, got: got, isOrdered: isOrdered)
            difference = comparison.difference()
        } else {
            difference = "it is not there; --update writes it"
        }
        guard options.update, difference != nil else { return difference }
        try AtomicFile.write(output, to: file, durable: false)
        return nil
    }

    private func problem(with letters: DeadLetterTable) throws -> String? {
        if letters.table.rows.isEmpty, access(folder.deadLetters, F_OK) != 0 { return nil }
        if options.update {
            if letters.table.rows.isEmpty {
                unlink(folder.deadLetters)
            } else {
                try AtomicFile.write(letters.csv, to: folder.deadLetters, durable: false)
            }
            return nil
        }
        var expected = DeadLetterTable.empty
        if access(folder.deadLetters, R_OK) == 0 {
            expected = ResultTable(csv: try FilePath.read(folder.deadLetters))
        }
        let comparison = ResultComparison(
            expected: expected,
            got: letters.table,
            isOrdered: false
        )
        return comparison.difference().map { "dead letters: \($0)\n\(letters.messages)" }
    }

    // MARK: - Programs and folders

    /// Runs one of Sluice's programs on the case's buckets to its end.
    private func start(
        _ program: String,
        _ arguments: [String],
        _ place: Place,
        operands: [String] = []
    ) async throws -> ProgramEnd {
        let options = ["--config", place.settings, "--buckets", place.buckets.path]
        // SQL may begin with a comment, which looks like an option.
        return try await ProgramEnd(
            of: "\(CommonOptions.programs)/\(program)",
            arguments: arguments + options + ["--"] + operands
        )
    }

    private static func makeScratch(for name: String) throws -> String {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        // What mkdtemp(3) replaces.
        let placeholder = String(repeating: "X", count: 6)
        var template = Array("\(parent)/sluice-\(name).\(placeholder)".utf8CString)
        guard mkdtemp(&template) != nil, let path = realpath(template, nil) else {
            throw BucketsError(step: "make a folder in \(parent)")
        }
        defer { free(path) }
        return String(cString: path)
    }
}
