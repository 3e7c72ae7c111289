import ParquetFile
import SimilarityKernel

/// The distinct sets of intervals and of dimensions that an indicator's pairs were compared in.
///
/// A set of intervals and one of dimensions with the same members are one set.
struct ComparedSets {
    static let columns = [
        ParquetColumn("set_id", .int64), ParquetColumn("members", .strings),
    ]
    private static let setsPerGroup = 122_880
    private static let membersPerGroup = 4 << 20

    private let texts: ParquetTexts
    /// The code of each interval, then of each dimension.
    private let codes: [Int32]
    private let intervalCount: Int
    private let wordsOfIntervals: Int
    private let wordsOfDimensions: Int
    private var known: Set<Int64> = []
    private var sets: [KnownSet] = []
    private var words: [UInt64] = []

    /// A set's id, and where its bits lie.
    private struct KnownSet {
        let id: Int64
        let firstWord: Int
        let isOfIntervals: Bool
    }

    /// No sets yet.
    init(_ indicator: NamedIndicator) {
        // A name that is both is one text, or the dictionary would have it twice.
        var numbers: [String: Int] = [:]
        var names: [String] = []
        codes = (indicator.intervals + indicator.dimensions).map { name in
            let number = numbers[name, default: names.count]
            if number == names.count {
                numbers[name] = number
                names.append(name)
            }
            return Int32(truncatingIfNeeded: number)
        }
        texts = ParquetTexts(names)
        intervalCount = indicator.intervals.count
        wordsOfIntervals = (indicator.intervals.count + 63) / 64
        wordsOfDimensions = (indicator.dimensions.count + 63) / 64
    }

    /// Adds sets that are not known yet.
    mutating func add(_ ids: [Int64], _ added: IndexSets, isOfIntervals: Bool) {
        added.withWords { addedWords in
            for (number, id) in ids.enumerated() where known.insert(id).inserted {
                sets.append(
                    KnownSet(id: id, firstWord: words.count, isOfIntervals: isOfIntervals)
                )
                for word in 0..<added.wordsPerSet {
                    words.append(addedWords[number * added.wordsPerSet + word])
                }
            }
        }
    }

    /// Hands over the sets by id, group by group.
    mutating func forEachGroup(
        _ body: (_ values: [ParquetValues], _ rows: Int) throws -> Void
    ) rethrows {
        sets.sort { $0.id < $1.id }
        var ids: [Int64] = []
        var members: [Int32] = []
        var lengths: [Int32] = []
        for (number, set) in sets.enumerated() {
            ids.append(set.id)
            let before = members.count
            appendMembers(of: set, to: &members)
            lengths.append(Int32(truncatingIfNeeded: members.count - before))
            guard
                ids.count == Self.setsPerGroup || members.count >= Self.membersPerGroup
                    || number == sets.count - 1
            else { continue }
            let numbers = ids.indices.map { Int32(truncatingIfNeeded: $0) }
            try body(
                [
                    .int64(ids, codes: numbers),
                    .lists(texts, codes: members, lengths: lengths),
                ],
                ids.count
            )
            ids.removeAll(keepingCapacity: true)
            members.removeAll(keepingCapacity: true)
            lengths.removeAll(keepingCapacity: true)
        }
    }

    private func appendMembers(of set: KnownSet, to members: inout [Int32]) {
        let first = set.isOfIntervals ? 0 : intervalCount
        for word in 0..<(set.isOfIntervals ? wordsOfIntervals : wordsOfDimensions) {
            var bits = words[set.firstWord + word]
            while bits != 0 {
                members.append(codes[first + word * 64 + bits.trailingZeroBitCount])
                bits &= bits - 1
            }
        }
    }
}
