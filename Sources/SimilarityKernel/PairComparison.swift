/// How alike two locales are.
public struct PairComparison: Equatable, Sendable {
    /// The mean over the compared dimensions of the correlation in each, -1 to 1.
    public let correlation: Double
    /// The mean over the compared intervals of the distance in each, at least 0.
    public let distance: Double

    /// `1 - correlation / 2`: from 0.5 for places that move together to 1.5 for opposites.
    public var adjustedCorrelation: Double { 1 - correlation / 2 }
    /// The distance weighted by the adjusted correlation; what results are ranked by.
    public var weightedDistance: Double { adjustedCorrelation * distance }

    /// Creates a comparison.
    public init(correlation: Double, distance: Double) {
        self.correlation = correlation
        self.distance = distance
    }
}

/// Pearson's correlation of two series over the points that both have.
///
/// 0 for fewer than five common points, or where one series is constant there: a sum of squared
/// deviations of at most 1e-12 times the number of points. Deviations are taken from the mean of
/// the common points themselves, so nothing cancels.
///
/// - Parameters:
///   - x: A series; not-a-number where it has no point.
///   - y: Another one, of the same length.
/// - Returns: The correlation, from -1 to 1 but for rounding.
func seriesCorrelation<Series: RandomAccessCollection<Double>>(_ x: Series, _ y: Series) -> Double {
    var count = 0.0
    var sumX = 0.0
    var sumY = 0.0
    for (x, y) in zip(x, y) where !x.isNaN && !y.isNaN {
        count += 1
        sumX += x
        sumY += y
    }
    guard count >= 5 else { return 0 }
    let meanX = sumX / count
    let meanY = sumY / count
    var squaresX = 0.0
    var squaresY = 0.0
    var products = 0.0
    for (x, y) in zip(x, y) where !x.isNaN && !y.isNaN {
        let fromX = x - meanX
        let fromY = y - meanY
        squaresX += fromX * fromX
        squaresY += fromY * fromY
        products += fromX * fromY
    }
    guard squaresX > constantSeries * count, squaresY > constantSeries * count else { return 0 }
    return products / (squaresX * squaresY).squareRoot()
}

/// The mean squared deviation up to which a series of z-scores counts as constant.
let constantSeries = 1e-12
