/// Sorts the partners of one locale by weighted distance, those of equal distance by place.
///
/// A distance is never negative, so its bits are in the order of its value: they are sorted eleven
/// at a time from the lowest, digits that all have in common left out. For one thread; its memory
/// is used again and again.
final class RankSort {
    private static let digitBits: UInt64 = 11
    private static let digits = 6
    private static let bucketCount = 1 << 11
    private typealias Key = (bits: UInt64, place: Int32)

    private let keys: UnsafeMutablePointer<Key>
    private let spare: UnsafeMutablePointer<Key>
    private let counts: UnsafeMutablePointer<Int32>

    /// Makes room for so many partners.
    init(capacity: Int) {
        keys = .allocate(capacity: max(1, capacity))
        spare = .allocate(capacity: max(1, capacity))
        counts = .allocate(capacity: Self.bucketCount * Self.digits)
    }

    deinit {
        keys.deallocate()
        spare.deallocate()
        counts.deallocate()
    }

    /// Sorts the places from 0 on that have a distance.
    ///
    /// - Parameters:
    ///   - places: How many places there are, at most the capacity.
    ///   - weightedDistance: The distance of a place; `nil` leaves it out.
    ///   - ranked: Takes the places in order.
    /// - Returns: How many.
    @inline(__always)
    func sort(
        places: Int,
        by weightedDistance: (Int) -> Double?,
        into ranked: UnsafeMutablePointer<Int32>
    ) -> Int {
        var count = 0
        for place in 0..<places {
            guard let distance = weightedDistance(place) else { continue }
            (keys + count).initialize(
                to: (distance.bitPattern, Int32(truncatingIfNeeded: place))
            )
            count &+= 1
        }
        let sorted = sort(count)
        for rank in 0..<count { ranked[rank] = sorted[rank].place }
        return count
    }

    /// Sorts the first keys; returns where they are.
    private func sort(_ count: Int) -> UnsafeMutablePointer<Key> {
        // Few are sorted faster one by one.
        guard count > 64 else {
            insert(count)
            return keys
        }
        countDigits(count)
        var from = keys
        var to = spare
        for digit in 0..<Self.digits where move(count, by: digit, from: from, to: to) {
            swap(&from, &to)
        }
        return from
    }

    private func countDigits(_ count: Int) {
        counts.initialize(repeating: 0, count: Self.bucketCount * Self.digits)
        for key in 0..<count {
            var bits = keys[key].bits
            for digit in 0..<Self.digits {
                let bucket = Int(truncatingIfNeeded: bits & UInt64(Self.bucketCount - 1))
                counts[digit &* Self.bucketCount &+ bucket] &+= 1
                bits >>= Self.digitBits
            }
        }
    }

    /// Sorts by one digit; returns whether there was anything to move.
    private func move(
        _ count: Int,
        by digit: Int,
        from: UnsafeMutablePointer<Key>,
        to: UnsafeMutablePointer<Key>
    ) -> Bool {
        let counts = counts + digit * Self.bucketCount
        let shift = Self.digitBits * UInt64(digit)
        let mask = UInt64(Self.bucketCount - 1)
        // One bucket has them all.
        guard counts[Int(truncatingIfNeeded: from[0].bits >> shift & mask)] < count else {
            return false
        }
        var next: Int32 = 0
        for bucket in 0..<Self.bucketCount {
            let size = counts[bucket]
            counts[bucket] = next
            next &+= size
        }
        for key in 0..<count {
            let bucket = Int(truncatingIfNeeded: from[key].bits >> shift & mask)
            (to + Int(counts[bucket])).initialize(to: from[key])
            counts[bucket] &+= 1
        }
        return true
    }

    private func insert(_ count: Int) {
        for key in 0..<count {
            let inserted = keys[key]
            var place = key
            while place > 0, keys[place - 1].bits > inserted.bits {
                keys[place] = keys[place - 1]
                place -= 1
            }
            keys[place] = inserted
        }
    }
}
