import Buckets
import DeltaTable
import Dispatch
import FoundationEssentials
import FunctionConfig
import LakeFiles
import ParquetFile
import SimilarityKernel

/// Computes indicators' results and writes them to files that belong to no table yet.
///
/// May be used on several threads at once.
struct ResultWriter: Sendable {
    /// Rows of a row group: enough for a dictionary to pay, few enough for readers to skip many.
    private static let rowsPerGroup = 122_880
    /// So many row groups wait for their turn to be written at most, and what one takes with its
    /// lines, in bytes.
    private static let mostGroupsAtOnce = 8
    private static let bytesPerGroup = 40 << 20

    let buckets: BucketsFolder
    /// An existing folder for files that are moved into `results` later.
    let scratch: String
    /// What to write.
    let settings: TableSettings.SimilaritySettings
    /// What the names of the lake files begin with.
    let mark: String
    /// Make the rows of all indicators.
    let encoders = ResultEncoders()

    init(
        _ buckets: BucketsFolder,
        scratch: String,
        settings: TableSettings.SimilaritySettings,
        mark: String
    ) {
        self.buckets = buckets
        self.scratch = scratch
        self.settings = settings
        self.mark = mark
    }

    /// Writes an indicator's results; without pairs there are no lake files.
    ///
    /// - Parameters:
    ///   - indicator: What to compare.
    ///   - memory: Bytes for comparisons that are computed and not yet written.
    ///   - isParallel: Whether to use all cores.
    ///   - now: The present time in milliseconds since 1970.
    /// - Returns: The files; they may be in the memory of the kernel only.
    /// - Throws: `LakeFilesError`, `ParquetError`, `BucketsError`.
    func write(
        _ indicator: NamedIndicator,
        memory: Int,
        isParallel: Bool,
        now: Int64
    ) throws -> IndicatorResults {
        let files = try ResultFiles(of: indicator, self, now: now)
        do {
            let packed = PackedIndicator(ZScores(indicator.values))
            let rows = ResultRows(indicator, encoders)
            let lines = files.hasFile ? ResultLines(indicator) : nil
            let atOnce =
                isParallel
                ? min(max(memory / Self.bytesPerGroup, 1), Self.mostGroupsAtOnce) : 1
            for locales in packed.bands(memory: memory) {
                let band = ComparedBand(
                    locales,
                    of: packed,
                    topK: settings.topK,
                    isParallel: isParallel
                )
                let groups = packed.groups(
                    of: locales,
                    rows: Self.rowsPerGroup,
                    topK: settings.topK
                )
                try Self.inOrder(groups, atOnce) { group in
                    let columns = band.columns(of: group)
                    return (rows.encode(columns), lines?.lines(columns))
                } take: { pairs, lines in
                    try files.append(pairs, lines)
                }
                guard settings.perInterval else { continue }
                let timed = packed.groups(
                    of: locales,
                    rows: Self.rowsPerGroup / max(1, indicator.intervals.count),
                    topK: settings.topK
                )
                try Self.inOrder(timed, atOnce) { group in
                    rows.encode(band.distancesOverTime(of: group))
                } take: { group in
                    try files.append(group)
                }
            }
            return try files.finish()
        } catch {
            files.discard()
            throw error
        }
    }

    /// Makes something of each group, so many at once on all cores, and takes it in their order.
    private static func inOrder<Made>(
        _ groups: [Range<Int>],
        _ atOnce: Int,
        _ make: @Sendable (Range<Int>) -> Made,
        take: (Made) throws -> Void
    ) throws {
        for first in stride(from: 0, to: groups.count, by: atOnce) {
            let wave = Array(groups[first..<min(first + atOnce, groups.count)])
            guard wave.count > 1 else {
                try take(make(wave[0]))
                continue
            }
            let made = UnsafeMutableBufferPointer<Made?>.allocate(capacity: wave.count)
            made.initialize(repeating: nil)
            defer {
                made.deinitialize()
                made.deallocate()
            }
            // Every iteration writes the element of its own group only.
            nonisolated(unsafe) let places = made
            DispatchQueue.concurrentPerform(iterations: wave.count) { index in
                places[index] = make(wave[index])
            }
            for index in made.indices {
                if let one = made[index] { try take(one) }
                made[index] = nil
            }
        }
    }
}

/// An indicator's results in files, to become visible by commits and a rename; or that it has none.
struct IndicatorResults: Sendable {
    let indicator: String
    /// The lake files of each table.
    var files: [ResultTable: LakeFiles] = [:]
    /// The file for bucket `results`, still in the scratch folder; `nil` removes what is there.
    var file: ResultFile?
    /// Rows of `weighted_distances`.
    var pairs: Int64 = 0
    /// Values that came for a cell that already had one.
    var repeatedValues = 0
    /// Rows that are incomplete or have no finite value.
    var ignoredRows = 0

    /// Removes the files, when they will not be part of any table but those in `committed`.
    func discard(but committed: Set<ResultTable> = []) {
        for (table, files) in files where !committed.contains(table) { files.discard() }
        if let file { try? FilePath.removeTree(file.path) }
    }
}
