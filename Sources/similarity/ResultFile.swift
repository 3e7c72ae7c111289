import Buckets
import CDecimal
import CLinuxCalls
import Glibc
import SimilarityKernel

/// The file of an indicator for the owner of its data: `weighted_distances` as CSV (RFC 4180), the
/// columns up to `n_dimensions`.
final class ResultFile: Sendable {
    /// Where it is.
    let path: String
    private let descriptor: Int32

    private static let header = """
        indicator_id,locale,comp_locale,correlation,adjusted_correlation,distance,\
        weighted_distance,n_intervals,n_dimensions

        """

    /// Begins a file that does not exist yet.
    init(path: String) throws(BucketsError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw BucketsError(step: "create \(path)") }
        try append(Array(Self.header.utf8))
    }

    deinit { close(descriptor) }

    /// Adds lines.
    func append(_ text: [UInt8]) throws(BucketsError) {
        try AtomicFile.writeAll(text, to: descriptor, path: path)
        // The disk begins now, and has less to do when the file must be there for good.
        if text.count > 4_096 {
            _ = sync_file_range(descriptor, 0, 0, UInt32(SYNC_FILE_RANGE_WRITE))
        }
    }
}

/// Makes lines of a result file; may be used on several threads at once.
struct ResultLines: Sendable {
    private let indicator: [UInt8]
    /// Each locale as a field, its comma included.
    private let locales: [[UInt8]]

    init(_ indicator: NamedIndicator) {
        self.indicator = Self.field(indicator.id)
        locales = indicator.locales.map(Self.field)
    }

    /// The lines of some rows.
    func lines(_ columns: PairColumns) -> [UInt8] {
        let intervalCounts = columns.intervalSets.sizes.map { Array("\($0),".utf8) }
        let dimensionCounts = columns.dimensionSets.sizes.map { Array("\($0)\n".utf8) }
        let longestLocale = locales.lazy.map(\.count).max() ?? 0
        let longestNumber = decimal_longest + 1
        let longest = indicator.count + 2 * longestLocale + 4 * longestNumber + 2 * 12
        return [UInt8](unsafeUninitializedCapacity: columns.count * longest) { bytes, count in
            guard let start = bytes.baseAddress else { return }
            var text = TextEnd(end: start)
            var row = 0
            for (locale, rows) in columns.locales {
                let beginning = indicator + locales[locale]
                for _ in 0..<rows {
                    text.append(beginning)
                    text.append(locales[Int(columns.others[row])])
                    text.append(columns.correlations[row])
                    text.append(columns.adjustedCorrelations[row])
                    text.append(columns.distances[row])
                    text.append(columns.weightedDistances[row])
                    text.append(intervalCounts[Int(columns.intervalSetNumbers[row])])
                    text.append(dimensionCounts[Int(columns.dimensionSetNumbers[row])])
                    row += 1
                }
            }
            count = text.end - start
        }
    }

    /// Quoted where it has to be.
    private static func field(_ text: String) -> [UInt8] {
        let special: Set<UInt8> = [
            UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"),
        ]
        guard text.isEmpty || text.utf8.contains(where: special.contains) else {
            return Array(text.utf8) + [UInt8(ascii: ",")]
        }
        var quoted = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { quoted.append(byte) }
            quoted.append(byte)
        }
        return quoted + [UInt8(ascii: "\""), UInt8(ascii: ",")]
    }
}

/// Where the next bytes of a text go; there is room for all of them.
private struct TextEnd {
    var end: UnsafeMutablePointer<UInt8>

    mutating func append(_ bytes: [UInt8]) {
        end.initialize(from: bytes, count: bytes.count)
        end += bytes.count
    }

    /// A number and a comma.
    mutating func append(_ number: Double) {
        end += end.withMemoryRebound(to: CChar.self, capacity: decimal_longest) {
            decimal_write(number, $0)
        }
        end.initialize(to: UInt8(ascii: ","))
        end += 1
    }
}
