public import SimilarityLayout

// This file is compiled once for each set of vector instructions: the other modules link to it.
// Nothing here may call generic code that is not inlined, or a copy for one processor could be
// linked into the path for another.

/// Compares rows with one block of partners.
///
/// - Parameters:
///   - rows: The rows.
///   - count: How many.
///   - block: The block, aligned to 64 bytes.
///   - results: Room for the results of all rows.
public func compareTile(
    _ rows: UnsafePointer<TileRow>,
    _ count: Int,
    _ block: UnsafePointer<Double>,
    _ results: TileResults
) {
    for number in 0..<count {
        let row = rows[number]
        let place = number &* TileLayout.partners
        var unsure: UInt32 = 0
        var piece = 0
        // Two vectors at a time: enough independent sums to keep the multipliers busy.
        while piece < TileLayout.partners {
            let partners = UnsafeRawPointer(block + piece)
            let distances = distances(row, partners)
            store(distances, results.distances + place + piece)
            let (correlations, unsurePair) = correlations(row, partners)
            store(correlations, results.correlations + place + piece)
            unsure |= unsurePair << UInt32(truncatingIfNeeded: piece)
            piece &+= 2 &* Lanes.scalarCount
        }
        results.unsure[number] = unsure
    }
}

/// The distance of a row from each partner of a block in each interval that the row has; 0 where
/// they have no common cell.
///
/// - Parameters:
///   - row: The row.
///   - block: The block, aligned to 64 bytes.
///   - results: Interval by interval of the row, a number for each partner.
public func intervalDistances(
    _ row: TileRow,
    _ block: UnsafePointer<Double>,
    _ results: UnsafeMutablePointer<Double>
) {
    var piece = 0
    while piece < TileLayout.partners {
        let partners = UnsafeRawPointer(block + piece)
        var cell = 0
        for interval in 0..<row.intervals {
            let squares = squares(row, &cell, to: Int(row.intervalEnds[interval]), partners)
            store(
                Pair(low: squareRoot(squares.low), high: squareRoot(squares.high)),
                results + interval &* TileLayout.partners + piece
            )
        }
        piece &+= 2 &* Lanes.scalarCount
    }
}

/// Two neighbouring vectors.
struct Pair {
    var low = Lanes(repeating: 0)
    var high = Lanes(repeating: 0)
}

@inline(__always)
func load(_ partners: UnsafeRawPointer, _ number: Int) -> Pair {
    let bytes = number &* MemoryLayout<Double>.stride
    return Pair(
        low: partners.load(fromByteOffset: bytes, as: Lanes.self),
        high: partners.load(fromByteOffset: bytes &+ MemoryLayout<Lanes>.size, as: Lanes.self)
    )
}

@inline(__always)
private func store(_ pair: Pair, _ numbers: UnsafeMutablePointer<Double>) {
    let bytes = UnsafeMutableRawPointer(numbers)
    bytes.storeBytes(of: pair.low, as: Lanes.self)
    bytes.storeBytes(of: pair.high, toByteOffset: MemoryLayout<Lanes>.size, as: Lanes.self)
}

/// The squared differences in one interval; a partner without a value adds 0.
@inline(__always)
private func squares(
    _ row: TileRow,
    _ cell: inout Int,
    to end: Int,
    _ partners: UnsafeRawPointer
) -> Pair {
    var sum = Pair()
    while cell < end {
        let own = row.byInterval[cell]
        let scores = load(partners, own.offset)
        let masks = load(partners, own.offset &+ TileLayout.masks)
        let score = Lanes(repeating: own.score)
        let low = multiplyAdd(score, masks.low, -scores.low)
        let high = multiplyAdd(score, masks.high, -scores.high)
        sum.low = multiplyAdd(low, low, sum.low)
        sum.high = multiplyAdd(high, high, sum.high)
        cell &+= 1
    }
    return sum
}

@inline(__always)
private func distances(_ row: TileRow, _ partners: UnsafeRawPointer) -> Pair {
    var total = Pair()
    var cell = 0
    for interval in 0..<row.intervals {
        let squares = squares(row, &cell, to: Int(row.intervalEnds[interval]), partners)
        total.low += squareRoot(squares.low)
        total.high += squareRoot(squares.high)
    }
    return total
}
