// Compiled once for each set of vector instructions, as Tile.swift is.

/// Does nothing but multiply and add, as fast as one core can with these instructions.
///
/// - Parameter rounds: How often; a round is `multiplyAddsPerRound` multiplications, each with an
///   addition.
/// - Returns: A number that depends on all of them.
public func multiplyAddAsFastAsPossible(_ rounds: Int) -> Double {
    let factor = Lanes(repeating: 0.999_999)
    let term = Lanes(repeating: 1e-9)
    var a = Lanes(repeating: 1)
    var b = a
    var c = a
    var d = a
    var e = a
    var f = a
    var g = a
    var h = a
    var i = a
    var j = a
    for _ in 0..<rounds {
        a = multiplyAdd(a, factor, term)
        b = multiplyAdd(b, factor, term)
        c = multiplyAdd(c, factor, term)
        d = multiplyAdd(d, factor, term)
        e = multiplyAdd(e, factor, term)
        f = multiplyAdd(f, factor, term)
        g = multiplyAdd(g, factor, term)
        h = multiplyAdd(h, factor, term)
        i = multiplyAdd(i, factor, term)
        j = multiplyAdd(j, factor, term)
    }
    return (a + b + c + d + e + f + g + h + i + j).sum()
}

/// Multiplications with an addition in one round of ``multiplyAddAsFastAsPossible(_:)``.
public let multiplyAddsPerRound = 10 * Lanes.scalarCount
