/// Distinct sets of indices (of intervals or of dimensions), each numbered when first met.
///
/// Most pairs of places share one of a few sets, so a set is looked up by comparing it with the
/// last one first.
public struct IndexSets: Sendable {
    /// Words of 64 bits a set.
    public let wordsPerSet: Int
    private var words: [UInt64] = []
    /// Open addressing: the number of a set plus one, or 0; a power of two long.
    private var slots: [UInt32] = Array(repeating: 0, count: 64)
    private var last = -1
    private var lastWord: UInt64 = 0

    /// How many distinct sets there are.
    public private(set) var count = 0
    /// How many members each set has.
    public private(set) var sizes: [Int32] = []

    init(wordsPerSet: Int) { self.wordsPerSet = wordsPerSet }

    /// The members of a set, ascending.
    public func members(of set: Int) -> [Int] {
        var members: [Int] = []
        for word in 0..<wordsPerSet {
            var bits = words[set * wordsPerSet + word]
            while bits != 0 {
                members.append(word * 64 + bits.trailingZeroBitCount)
                bits &= bits - 1
            }
        }
        return members
    }

    /// Gives `body` the bits of all sets, `wordsPerSet` words each, a word for 64 indices.
    public func withWords<Result>(_ body: (UnsafeBufferPointer<UInt64>) -> Result) -> Result {
        words.withUnsafeBufferPointer(body)
    }

    /// The number of a set of one word; a new one where it was not met before.
    @inline(__always)
    mutating func number(of word: UInt64) -> Int32 {
        if word == lastWord, last >= 0 { return Int32(truncatingIfNeeded: last) }
        lastWord = word
        return withUnsafePointer(to: word) { number(of: UnsafeBufferPointer(start: $0, count: 1)) }
    }

    /// The number of the set with these bits; a new one where it was not met before.
    mutating func number(of bits: UnsafeBufferPointer<UInt64>) -> Int32 {
        if last >= 0, holds(last, bits) { return Int32(truncatingIfNeeded: last) }
        var slot = Self.hash(bits) & (slots.count - 1)
        while slots[slot] != 0 {
            let candidate = Int(slots[slot]) - 1
            if holds(candidate, bits) {
                last = candidate
                return Int32(truncatingIfNeeded: candidate)
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        last = count
        count += 1
        words.append(contentsOf: bits)
        sizes.append(Int32(bits.reduce(0) { $0 + $1.nonzeroBitCount }))
        slots[slot] = UInt32(count)
        if count * 2 > slots.count { grow() }
        return Int32(truncatingIfNeeded: last)
    }

    private func holds(_ set: Int, _ bits: UnsafeBufferPointer<UInt64>) -> Bool {
        for word in 0..<wordsPerSet where words[set * wordsPerSet + word] != bits[word] {
            return false
        }
        return true
    }

    private mutating func grow() {
        let size = slots.count * 2
        slots = Array(repeating: 0, count: size)
        words.withUnsafeBufferPointer { words in
            for set in 0..<count {
                let bits = UnsafeBufferPointer(
                    rebasing: words[set * wordsPerSet..<(set + 1) * wordsPerSet]
                )
                var slot = Self.hash(bits) & (size - 1)
                while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
                slots[slot] = UInt32(set + 1)
            }
        }
    }

    private static func hash(_ bits: UnsafeBufferPointer<UInt64>) -> Int {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        for word in bits {
            hash = (hash ^ word) &* 0xBF58_476D_1CE4_E5B9
            hash ^= hash >> 29
        }
        return Int(truncatingIfNeeded: hash ^ (hash >> 32))
    }
}
