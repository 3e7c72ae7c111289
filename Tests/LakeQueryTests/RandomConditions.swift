/// Conditions on the rows of `PlannedTable`, the same ones for the same seed.
struct RandomConditions {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }

    private mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }

    private mutating func one(of texts: [String]) -> String { texts[below(texts.count)] }

    /// The next condition.
    mutating func next() -> String { condition(depth: 3) }

    private mutating func condition(depth: Int) -> String {
        switch depth == 0 ? 9 : below(10) {
        case 0...2: "(\(condition(depth: depth - 1)) AND \(condition(depth: depth - 1)))"
        case 3...4: "(\(condition(depth: depth - 1)) OR \(condition(depth: depth - 1)))"
        case 5: "NOT (\(condition(depth: depth - 1)))"
        default: atom()
        }
    }

    private mutating func atom() -> String {
        let (column, value) = comparable()
        switch below(8) {
        case 0: return "\(column) IS NULL"
        case 1: return "\(column) IS NOT NULL"
        case 2: return "\(column) BETWEEN \(value) AND \(value)"
        case 3: return "\(column) IN (\(value), \(value), \(value))"
        case 4: return "\(column) IS NOT DISTINCT FROM \(value)"
        default: return "\(column) \(one(of: ["=", "<", "<=", ">", ">=", "<>"])) \(value)"
        }
    }

    private mutating func comparable() -> (column: String, value: String) {
        switch below(12) {
        case 0, 1: ("p", "'p\(below(18))'")
        case 2: ("length(p)", "\(below(4))")
        case 3: ("id", "\(below(1100))")
        case 4: ("n", "\(below(70))")
        case 5: ("d", "\(below(1600)).5")
        case 6: ("dec", "\(below(10)).\(below(10))")
        case 7: ("day", "DATE '2024-01-01' + \(below(60))")
        case 8: ("moment", "TIMESTAMPTZ '2024-01-01 00:00:00Z' + to_seconds(\(below(1_100_000)))")
        case 9: ("s", "'name \(below(1100))'")
        case 10: ("moment::DATE", "DATE '2024-01-01' + \(below(14))")
        default: (one(of: ["era", "lower(era)"]), one(of: ["'old'", "'new'"]))
        }
    }
}
