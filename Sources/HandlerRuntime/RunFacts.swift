import Events

/// The figures of a run for its log, taken from what it answers.
///
/// Counts of all entries are added up; what is one for the run, such as the version of a table,
/// stands as it is.
struct RunFacts {
    /// Names and values, in the order in which a reader looks for them.
    let facts: [(name: String, value: String)]

    /// Entries' counts in this order; others are not figures.
    private static let counts = [
        "records", "chunks", "rows", "rejected", "files", "indicators", "removed", "pairs",
        "repeated", "ignored", "copied",
    ]

    init(_ result: HandlerResult, after duration: Duration) {
        let results = result.results
        var facts: [(name: String, value: String)] = []
        func add(_ name: String, _ values: [String]) {
            var seen: Set<String> = []
            let unique = values.filter { seen.insert($0).inserted }
            guard !unique.isEmpty else { return }
            // A long list says less than its length.
            let isLong = unique.count > 3
            facts.append((isLong ? name + "s" : name, isLong ? "\(unique.count)" : unique.listed))
        }
        add("table", results.compactMap { $0["table"]?.string })
        add("object", results.compactMap { ($0["object"] ?? $0["source"])?.string })
        for (status, count) in Self.statuses(of: results) { facts.append((status, "\(count)")) }
        add("version", results.compactMap { $0["version"]?.integer.map { "\($0)" } })
        let changes = results.flatMap { $0["changes"]?.array ?? [] }.compactMap(\.string)
        if !changes.isEmpty { facts.append(("changes", changes.joined(separator: "; "))) }
        for name in Self.counts {
            let values = results.compactMap { $0[name]?.integer }
            if !values.isEmpty { facts.append((name, "\(values.reduce(0, +))")) }
        }
        let failed = result.batchItemFailures.count
        if failed > 0 { facts.append(("failed", "\(failed)")) }
        facts.append(("seconds", Self.seconds(duration)))
        self.facts = facts
    }

    /// How many objects came to which end, as `converted=3 superseded=1`; a crawl lists its objects.
    private static func statuses(of results: [JSONValue]) -> [(String, Int)] {
        var counts: [(String, Int)] = []
        func count(_ status: String, _ number: Int) {
            if let index = counts.firstIndex(where: { $0.0 == status }) {
                counts[index].1 += number
            } else {
                counts.append((status, number))
            }
        }
        for result in results {
            if let status = result["status"]?.string { count(status, 1) }
            if let objects = result["objects"]?.array { count("crawled", objects.count) }
        }
        return counts
    }

    private static func seconds(_ duration: Duration) -> String {
        let thousandths = Int((duration / .milliseconds(1)).rounded())
        let fraction = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count)
            + fraction
    }
}

extension [String] {
    fileprivate var listed: String { joined(separator: ",") }
}
