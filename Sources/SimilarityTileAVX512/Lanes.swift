import CVectors

/// Partners in one vector.
typealias Lanes = SIMD8<Double>
/// The result of comparing two vectors.
typealias LaneMask = SIMDMask<SIMD8<Int64>>

/// `a * b + c`, rounded once.
@inline(__always)
func multiplyAdd(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes { c.addingProduct(a, b) }

@inline(__always)
func squareRoot(_ x: Lanes) -> Lanes { vector_square_root8(x) }
