import DuckDB
import SimilarityKernel

/// The rows of one indicator as they were read, names turned into numbers.
struct IndicatorRows {
    private var locales = TextNumbers()
    private var intervals = TextNumbers()
    private var dimensions = TextNumbers()
    private var cells: [Cell] = []
    /// Rows without a locale, an interval, a dimension or a finite value.
    private(set) var ignoredRows = 0

    private struct Cell {
        let locale: Int32
        let interval: Int32
        let dimension: Int32
        let value: Double
    }

    /// Bytes that a row takes until it is packed.
    static let bytesPerRow = MemoryLayout<Cell>.stride

    /// Reads the rows of some indicators.
    ///
    /// - Parameters:
    ///   - query: An SQL query with the columns indicator, locale, interval, dimension (texts) and
    ///     value (`DOUBLE`).
    ///   - connection: The connection to read with.
    /// - Returns: The rows by indicator; without those of the nation as a whole (`US`), of which
    ///   there is nothing to compare.
    /// - Throws: `DuckDBError`.
    static func read(
        _ query: String,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> [String: IndicatorRows] {
        var numbers = TextNumbers()
        var indicators: [IndicatorRows] = []
        let result = try connection.query(query)
        while let chunk = try result.nextChunk() {
            Self.read(chunk, &numbers, &indicators)
        }
        let (names, places) = numbers.sorted()
        return Dictionary(
            uniqueKeysWithValues: places.indices.map { (names[places[$0]], indicators[$0]) }
        )
    }

    private static func read(
        _ chunk: borrowing DataChunk,
        _ numbers: inout TextNumbers,
        _ indicators: inout [IndicatorRows]
    ) {
        chunk.withStrings(of: 0) { names in
            chunk.withStrings(of: 1) { locales in
                chunk.withStrings(of: 2) { intervals in
                    chunk.withStrings(of: 3) { dimensions in
                        chunk.withValues(of: 4, as: Double.self) { values, validity in
                            var row = 0
                            while row < names.count {
                                let first = row
                                guard names.validity[row] else {
                                    row += 1
                                    continue
                                }
                                // Rows of one indicator mostly follow each other.
                                let number = names.withBytes(of: row) { numbers.number(of: $0) }
                                row += 1
                                while row < names.count, names.validity[row],
                                    names.areAlike(row, first)
                                {
                                    row += 1
                                }
                                if Int(number) == indicators.count { indicators.append(.init()) }
                                indicators[Int(number)].add(
                                    first..<row,
                                    locales,
                                    intervals,
                                    dimensions,
                                    values,
                                    validity
                                )
                            }
                        }
                    }
                }
            }
        }
    }

    private mutating func add(
        _ rows: Range<Int>,
        _ localeTexts: StringColumn,
        _ intervalTexts: StringColumn,
        _ dimensionTexts: StringColumn,
        _ values: UnsafeBufferPointer<Double>,
        _ validity: Validity
    ) {
        localeTexts.withElements { localeElements in
            intervalTexts.withElements { intervalElements in
                dimensionTexts.withElements { dimensionElements in
                    for row in rows {
                        if localeTexts.validity[row], Self.isNation(localeElements, row) {
                            continue
                        }
                        guard
                            localeTexts.validity[row], intervalTexts.validity[row],
                            dimensionTexts.validity[row], validity[row], values[row].isFinite
                        else {
                            ignoredRows += 1
                            continue
                        }
                        cells.append(
                            Cell(
                                locale: locales.number(of: row, localeElements, localeTexts),
                                interval: intervals.number(
                                    of: row,
                                    intervalElements,
                                    intervalTexts
                                ),
                                dimension: dimensions.number(
                                    of: row,
                                    dimensionElements,
                                    dimensionTexts
                                ),
                                value: values[row]
                            )
                        )
                    }
                }
            }
        }
    }

    /// Whether a row is `US`: two bytes long, then these, then zeros.
    private static func isNation(_ elements: UnsafeRawBufferPointer, _ row: Int) -> Bool {
        let us = UInt64(UInt8(ascii: "U")) | UInt64(UInt8(ascii: "S")) << 8
        return elements.load(fromByteOffset: row &* 16, as: UInt64.self) == 2 | us << 32
    }

    /// Packs the values and sorts the names.
    ///
    /// - Parameter id: The indicator's name.
    /// - Returns: The indicator.
    func named(_ id: String) -> NamedIndicator {
        let (localeNames, localePlaces) = locales.sorted()
        let (intervalNames, intervalPlaces) = intervals.sorted()
        let (dimensionNames, dimensionPlaces) = dimensions.sorted()
        var values = IndicatorValues(
            classes: NamedIndicator.classes(of: localeNames),
            intervals: intervalNames.count,
            dimensions: dimensionNames.count
        )
        for cell in cells {
            values.insert(
                cell.value,
                locale: localePlaces[Int(cell.locale)],
                interval: intervalPlaces[Int(cell.interval)],
                dimension: dimensionPlaces[Int(cell.dimension)]
            )
        }
        return NamedIndicator(
            id: id,
            locales: localeNames,
            intervals: intervalNames,
            dimensions: dimensionNames,
            values: values,
            ignoredRows: ignoredRows
        )
    }

    /// How large the indicator is; known before any of its values is packed.
    var size: IndicatorSize {
        IndicatorSize(
            classes: NamedIndicator.classes(of: locales.texts),
            intervals: intervals.count,
            dimensions: dimensions.count
        )
    }
}

/// How much there is to compare in an indicator.
struct IndicatorSize {
    /// The number of locales.
    let locales: Int
    /// The number of intervals.
    let intervals: Int
    /// The number of dimensions.
    let dimensions: Int
    /// Ordered pairs of locales of one class.
    let pairs: Int
    /// Bytes that its values take while they are packed.
    let packedBytes: Int

    fileprivate init(classes: [Int], intervals: Int, dimensions: Int) {
        locales = classes.count
        self.intervals = intervals
        self.dimensions = dimensions
        var members: [Int: Int] = [:]
        for label in classes { members[label, default: 0] += 1 }
        pairs = members.values.reduce(0) { $0 + $1 * $1 }
        packedBytes = PackedIndicator.memory(
            classes: classes,
            intervals: intervals,
            dimensions: dimensions
        )
    }
}
