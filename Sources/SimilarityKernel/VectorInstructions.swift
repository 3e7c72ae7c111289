import CVectors
import SimilarityLayout
import SimilarityTile
import SimilarityTileAVX2
import SimilarityTileAVX512

/// The vector instructions that pairs are compared with.
public enum VectorInstructions: String, CaseIterable, Sendable {
    /// What every processor has.
    case portable
    /// Vectors of 256 bits, and multiplications with an addition.
    case avx2
    /// Vectors of 512 bits.
    case avx512

    /// Those that this processor has, the fastest last.
    public static let available: [VectorInstructions] =
        switch vector_bits() {
        case 512: [.portable, .avx2, .avx512]
        case 256: [.portable, .avx2]
        default: [.portable]
        }

    /// The fastest of this processor.
    public static let best: VectorInstructions = available.last ?? .portable

    func compare(
        _ rows: UnsafePointer<TileRow>,
        _ count: Int,
        with block: UnsafePointer<Double>,
        into results: TileResults
    ) {
        switch self {
        case .portable: SimilarityTile.compareTile(rows, count, block, results)
        case .avx2: SimilarityTileAVX2.compareTile(rows, count, block, results)
        case .avx512: SimilarityTileAVX512.compareTile(rows, count, block, results)
        }
    }

    func intervalDistances(
        _ row: TileRow,
        _ block: UnsafePointer<Double>,
        into results: UnsafeMutablePointer<Double>
    ) {
        switch self {
        case .portable: SimilarityTile.intervalDistances(row, block, results)
        case .avx2: SimilarityTileAVX2.intervalDistances(row, block, results)
        case .avx512: SimilarityTileAVX512.intervalDistances(row, block, results)
        }
    }
}

extension VectorInstructions {
    /// Multiplies and adds on one core and does nothing else, to find how fast that can be.
    ///
    /// - Parameter rounds: How often.
    /// - Returns: How many multiplications, each with an addition, it was; and a number that depends
    ///   on all of them.
    public func multiplyAdd(rounds: Int) -> (count: Int, result: Double) {
        switch self {
        case .portable:
            (
                rounds * SimilarityTile.multiplyAddsPerRound,
                SimilarityTile.multiplyAddAsFastAsPossible(rounds)
            )
        case .avx2:
            (
                rounds * SimilarityTileAVX2.multiplyAddsPerRound,
                SimilarityTileAVX2.multiplyAddAsFastAsPossible(rounds)
            )
        case .avx512:
            (
                rounds * SimilarityTileAVX512.multiplyAddsPerRound,
                SimilarityTileAVX512.multiplyAddAsFastAsPossible(rounds)
            )
        }
    }
}
