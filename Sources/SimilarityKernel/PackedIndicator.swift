import SimilarityLayout

/// An indicator's scores packed class by class, ready for the fast path.
public struct PackedIndicator: Sendable {
    /// The counts that the indices stay below.
    public var shape: IndicatorShape { scores.shape }

    /// What pairs are compared with.
    let instructions: VectorInstructions
    let scores: ZScores
    let presence: PresenceBits
    let classes: [PackedClass]
    /// For each locale, its class's place in `classes` and its own place in that class.
    let places: [(packed: Int, position: Int)]

    /// Packs scores.
    ///
    /// - Parameters:
    ///   - scores: The scores.
    ///   - instructions: One of `VectorInstructions.available`; another would end the process.
    public init(_ scores: ZScores, instructions: VectorInstructions = .best) {
        self.scores = scores
        self.instructions = instructions
        presence = PresenceBits(scores)
        var numbers: [Int: Int] = [:]
        var members: [[Int]] = []
        places = scores.classes.enumerated().map { locale, label in
            let packed = numbers[label, default: members.count]
            if packed == members.count {
                numbers[label] = packed
                members.append([])
            }
            members[packed].append(locale)
            return (packed, members[packed].count - 1)
        }
        classes = members.map { PackedClass($0, of: scores) }
    }

    /// Bytes that an indicator takes at most while it is packed and afterwards, results aside.
    ///
    /// - Parameters:
    ///   - classes: The class of each locale.
    ///   - intervals: The number of intervals.
    ///   - dimensions: The number of dimensions.
    /// - Returns: Bytes.
    public static func memory(classes: [Int], intervals: Int, dimensions: Int) -> Int {
        let sizes = Dictionary(grouping: classes) { $0 }.values.map(\.count)
        let width = TileLayout.partners
        let places = sizes.reduce(0) { $0 + ($1 + width - 1) / width * width }
        let cells = (3 * classes.count + 3 * places) * intervals * dimensions
        return cells * MemoryLayout<Double>.stride
    }

    /// How many locales a locale is compared with, itself among them.
    func partners(of locale: Int) -> Int { classes[places[locale].packed].members.count }

    /// The number of pairs that the rows of some locales come to, at most.
    public func pairs(of locales: Range<Int>, topK: Int?) -> Int {
        locales.reduce(0) { $0 + min(partners(of: $1), topK.map { $0 + 1 } ?? .max) }
    }

    /// The next locales from `first` on whose pairs fit into so many bytes; at least one locale.
    func band(from first: Int, bytes: Int, perPair: Int) -> Range<Int> {
        var end = first
        var used = 0
        while end < shape.locales {
            used += partners(of: end) * perPair
            if end > first, used > bytes { break }
            end += 1
        }
        return first..<end
    }

    /// Groups of neighbouring members of one class, all of them in a band of locales.
    func rowGroups(in band: Range<Int>, rows: Int) -> [RowGroup] {
        classes.indices.flatMap { packed in
            let members = classes[packed].members
            let first = members.partition(from: band.lowerBound)
            let end = members.partition(from: band.upperBound)
            return stride(from: first, to: end, by: rows).map { start in
                RowGroup(
                    packed: packed,
                    rows: start..<min(start + rows, end),
                    inBand: first..<end
                )
            }
        }
    }
}

/// Neighbouring members of one class: the share of work that one thread takes at a time.
struct RowGroup: Sendable {
    /// The class, as its place in `PackedIndicator.classes`.
    let packed: Int
    /// The rows of this share, as places in the class.
    let rows: Range<Int>
    /// All places of this class that the band holds.
    let inBand: Range<Int>
}

extension [Int] {
    /// The first place in ascending numbers whose number is at least `bound`.
    fileprivate func partition(from bound: Int) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < bound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
