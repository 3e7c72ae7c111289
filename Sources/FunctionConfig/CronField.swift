/// One of the fields of a cron expression that are lists of numbers, and how it is read.
struct CronField: Sendable {
    /// What it is called in messages.
    let name: String
    let range: ClosedRange<Int>
    /// Words for the numbers from the lower end on.
    var words: [String] = []
    /// Whether a range may go over the end, as `FRI-MON` does.
    var wraps = true
    /// Whether increments (`1/10`) are admitted.
    var hasSteps = true

    static let minutes = CronField(name: "minutes", range: 0...59)
    static let hours = CronField(name: "hours", range: 0...23)
    static let dayOfMonth = CronField(name: "day-of-month", range: 1...31)
    static let month = CronField(
        name: "month",
        range: 1...12,
        words: [
            "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
        ]
    )
    static let dayOfWeek = CronField(
        name: "day-of-week",
        range: 1...7,
        words: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
        hasSteps: false
    )
    static let year = CronField(name: "year", range: 1970...2199, wraps: false)

    /// The numbers that a field in capitals stands for, ascending: `*`, numbers, ranges and
    /// increments, separated by commas.
    func values(_ text: Substring) throws(ScheduleError) -> [Int] {
        var values: Set<Int> = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            values.formUnion(try self.item(item))
        }
        return values.sorted()
    }

    /// A number or a word, nil for anything else and outside the range.
    func value(_ text: Substring) -> Int? {
        if let index = words.firstIndex(of: String(text)) { return range.lowerBound + index }
        guard (1...4).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text), range.contains(number)
        else { return nil }
        return number
    }

    /// An error about a part of this field.
    func error(_ part: some StringProtocol, _ problem: String? = nil) -> ScheduleError {
        let wordHint = words.isEmpty ? "" : " or \(words[0]) to \(words[words.count - 1])"
        return ScheduleError(
            problem: "\(name): " + (problem ?? "`\(part)` is not known there"),
            remedy:
                "use numbers from \(range.lowerBound) to \(range.upperBound)\(wordHint), ranges "
                + "(a-b)" + (hasSteps ? ", increments (a/b)" : "") + ", lists (a,b) or *"
        )
    }

    private func item(_ text: Substring) throws(ScheduleError) -> [Int] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 1 || parts.count == 2 && hasSteps else { throw error(text) }
        let base = try span(parts[0], isOpen: parts.count == 2)
        guard parts.count == 2 else { return base }
        guard let step = Int(parts[1]), step > 0, step <= range.upperBound - range.lowerBound,
            parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else {
            let most = range.upperBound - range.lowerBound
            throw error(text, "the increment in `\(text)` is outside 1 to \(most)")
        }
        return stride(from: 0, to: base.count, by: step).map { base[$0] }
    }

    /// What stands before an increment: `*`, a range, or a number, which with an increment is open.
    private func span(_ text: Substring, isOpen: Bool) throws(ScheduleError) -> [Int] {
        if text == "*" { return Array(range) }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let first = value(ends[0]) else { throw error(text) }
        guard ends.count == 2 else { return isOpen ? Array(first...range.upperBound) : [first] }
        guard let last = value(ends[1]) else { throw error(text) }
        if first <= last { return Array(first...last) }
        guard wraps else { throw error(text, "the range `\(text)` runs backwards") }
        return Array(first...range.upperBound) + Array(range.lowerBound...last)
    }
}
