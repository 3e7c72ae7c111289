import SimilarityKernel

/// An indicator read from the lake: its values, and the names behind their indices.
struct NamedIndicator {
    let id: String
    /// Sorted by their bytes, as results are; so the next two.
    let locales: [String]
    let intervals: [String]
    let dimensions: [String]
    let values: IndicatorValues
    /// Rows without a place, an interval, a dimension or a finite value.
    let ignoredRows: Int

    /// The classes of locales, as numbers: all but the last of three or more parts, else the name.
    static func classes(of locales: [String]) -> [Int] {
        var numbers: [Substring: Int] = [:]
        return locales.map { locale in
            let colons = locale.utf8.count { $0 == UInt8(ascii: ":") }
            let last = locale.utf8.lastIndex(of: UInt8(ascii: ":")) ?? locale.endIndex
            let label = colons >= 2 ? locale[..<last] : locale[...]
            let number = numbers[label, default: numbers.count]
            numbers[label] = number
            return number
        }
    }
}
