import CVectors

/// Partners in one vector: what every processor has.
typealias Lanes = SIMD2<Double>
/// The result of comparing two vectors.
typealias LaneMask = SIMDMask<SIMD2<Int64>>

/// `a * b + c`, rounded twice: there may be no instruction that rounds once.
@inline(__always)
func multiplyAdd(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes { a * b + c }

@inline(__always)
func squareRoot(_ x: Lanes) -> Lanes { vector_square_root2(x) }
