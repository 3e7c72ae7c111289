import Buckets
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
        if text.count > 1 << 20 { sync_file_range(descriptor, 0, 0, UInt32(SYNC_FILE_RANGE_WRITE)) }
    }

    /// Waits until all of it is on the disk.
    func synchronize() throws(BucketsError) {
        guard fsync(descriptor) == 0 else { throw BucketsError(step: "sync \(path)") }
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
        var text: [UInt8] = []
        text.reserveCapacity(columns.count * 128)
        var row = 0
        for (locale, rows) in columns.locales {
            for _ in 0..<rows {
                text += indicator
                text += locales[locale]
                text += locales[Int(columns.others[row])]
                Self.append(columns.correlations[row], to: &text)
                Self.append(columns.adjustedCorrelations[row], to: &text)
                Self.append(columns.distances[row], to: &text)
                Self.append(columns.weightedDistances[row], to: &text)
                let intervals = columns.intervalSets.sizes[Int(columns.intervalSetNumbers[row])]
                Self.append(intervals, endedBy: UInt8(ascii: ","), to: &text)
                let dimensions = columns.dimensionSets.sizes[Int(columns.dimensionSetNumbers[row])]
                Self.append(dimensions, endedBy: UInt8(ascii: "\n"), to: &text)
                row += 1
            }
        }
        return text
    }

    private static func append(_ number: Double, to text: inout [UInt8]) {
        text += number.description.utf8
        text.append(UInt8(ascii: ","))
    }

    private static func append(_ number: Int32, endedBy end: UInt8, to text: inout [UInt8]) {
        if number < 10 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number))
        } else {
            text += String(number).utf8
        }
        text.append(end)
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
