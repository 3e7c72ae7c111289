/// Every ordered pair of some neighbouring locales, compared; rows of it are asked for as columns.
///
/// The rows of all bands, one after the other, are in the order in which they are stored: by locale,
/// weighted distance, other locale. A pair without a common interval and dimension has no row.
/// Columns may be asked for from several threads at once.
public struct ComparedBand: Sendable {
    /// The locales whose rows the band holds.
    public let locales: Range<Int>
    let indicator: PackedIndicator
    let pairs: PairBand
    let topK: Int?

    /// Compares locales.
    ///
    /// - Parameters:
    ///   - locales: The locales whose rows are wanted.
    ///   - indicator: The packed scores.
    ///   - topK: How many partners besides itself a locale keeps; `nil` for all.
    ///   - isParallel: Whether to use all cores.
    public init(
        _ locales: Range<Int>,
        of indicator: PackedIndicator,
        topK: Int?,
        isParallel: Bool = true
    ) {
        self.locales = locales
        self.indicator = indicator
        self.topK = topK
        pairs = PairBand(locales, of: indicator, isParallel: isParallel)
    }

    /// The rows of some locales of the band.
    public func columns(of locales: Range<Int>) -> PairColumns {
        let shape = indicator.shape
        var rows = PairRows(shape, capacity: indicator.pairs(of: locales, topK: topK))
        let ranking = Ranking(of: locales, in: self)
        withUnsafeTemporaryAllocation(
            of: UInt64.self,
            capacity: shape.intervalWords + shape.dimensionWords
        ) { words in
            for locale in locales {
                append(locale, ranking.ranks(of: locale), words, to: &rows)
                rows.endRows(of: locale)
            }
        }
        return rows.columns()
    }

    private func append(
        _ locale: Int,
        _ ranks: UnsafeBufferPointer<Int32>,
        _ words: UnsafeMutableBufferPointer<UInt64>,
        to rows: inout PairRows
    ) {
        let presence = indicator.presence
        let split = indicator.shape.intervalWords
        let intervals = UnsafeMutableBufferPointer(rebasing: words[..<split])
        let dimensions = UnsafeMutableBufferPointer(rebasing: words[split...])
        let (correlations, distances) = pairs.row(of: locale)
        let members = indicator.classes[indicator.places[locale].packed].memberNumbers
        for rank in ranks {
            let place = Int(rank)
            let other = members[place]
            rows.append(
                other,
                PairComparison(correlation: correlations[place], distance: distances[place])
            )
            if presence.isNarrow {
                let common = presence.narrowCommon(locale, other)
                rows.setSets(intervals: common.intervals, dimensions: common.dimensions)
            } else {
                presence.common(locale, other, intervals: intervals, dimensions: dimensions)
                rows.setSets(
                    intervals: UnsafeBufferPointer(intervals),
                    dimensions: UnsafeBufferPointer(dimensions)
                )
            }
        }
    }
}

/// The partners that each locale keeps, by rank; for one thread.
struct Ranking: ~Copyable {
    private let band: ComparedBand
    private let sort: RankSort
    private let kept: UnsafeMutablePointer<Int32>

    /// Prepares to rank the partners of any of these locales.
    init(of locales: Range<Int>, in band: ComparedBand) {
        self.band = band
        let most = locales.lazy.map(band.indicator.partners(of:)).max() ?? 0
        sort = RankSort(capacity: most)
        kept = .allocate(capacity: max(1, most))
    }

    deinit { kept.deallocate() }

    /// The partners of a locale as places in its class, by rank; valid until the next call.
    func ranks(of locale: Int) -> UnsafeBufferPointer<Int32> {
        let (correlations, distances) = band.pairs.row(of: locale)
        let count = sort.sort(
            places: distances.count,
            by: { place in
                guard distances[place] >= 0 else { return nil }
                return PairComparison(
                    correlation: correlations[place],
                    distance: distances[place]
                ).weightedDistance
            },
            into: kept
        )
        guard let topK = band.topK else { return UnsafeBufferPointer(start: kept, count: count) }
        let own = band.indicator.places[locale].position
        var others = 0
        var keptCount = 0
        for rank in 0..<count {
            if Int(kept[rank]) != own {
                others += 1
                guard others <= topK else { continue }
            }
            kept[keptCount] = kept[rank]
            keptCount += 1
        }
        return UnsafeBufferPointer(start: kept, count: keptCount)
    }
}

extension PackedIndicator {
    /// The locales in bands, one after the other, each of whose comparisons fits into so many bytes;
    /// a band is never smaller than one locale.
    public func bands(memory: Int) -> some Sequence<Range<Int>> {
        sequence(state: 0) { next -> Range<Int>? in
            guard next < shape.locales else { return nil }
            let band = band(from: next, bytes: memory, perPair: PairBand.bytesPerPair)
            next = band.upperBound
            return band
        }
    }

    /// A band's locales in groups of about so many rows, at least one locale each.
    public func groups(of band: Range<Int>, rows: Int, topK: Int?) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var start = band.lowerBound
        var count = 0
        for locale in band {
            count += pairs(of: locale..<locale + 1, topK: topK)
            guard count >= rows || locale == band.upperBound - 1 else { continue }
            groups.append(start..<locale + 1)
            start = locale + 1
            count = 0
        }
        return groups
    }
}
