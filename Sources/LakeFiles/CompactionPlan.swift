public import DeltaTable
public import DuckDB

/// Which small data files of a lake table are worth being joined to larger ones.
///
/// Files of one partition are joined with each other only. A file of three quarters of the size
/// that is aimed at is large enough, and where files would not become fewer nothing is done, so
/// that a plan over its own result is empty.
public struct CompactionPlan: Sendable, Equatable {
    /// Files whose rows are written anew together; each batch is a commit of its own.
    public private(set) var batches: [[AddFile]] = []

    /// The most files of a batch, so that reading their footers stays within memory.
    static let batchFiles = 2_000

    /// Looks at the files of a snapshot.
    ///
    /// - Parameters:
    ///   - snapshot: The table's state.
    ///   - targetFileSize: About how many bytes a file should have.
    ///   - leastGain: By how many files a partition must become smaller, at least 1.
    ///   - connection: Brings partition values of other writers into this writer's form.
    /// - Throws: `DuckDBError` when partition values cannot be read as what they are.
    public init(
        _ snapshot: Snapshot,
        targetFileSize: Int64,
        leastGain: Int,
        on connection: borrowing Connection
    ) throws(DuckDBError) {
        let computes = snapshot.metadata.configuration.keys.contains {
            $0.hasPrefix(LakeFiles.computedPrefix)
        }
        // Files outside the table's folder are another table's as well. What other programs take
        // for a computed value must not become ours.
        let small = snapshot.files.filter {
            $0.size < targetFileSize / 4 * 3 && !$0.filePath.hasPrefix("/")
                && (!computes || LakeFiles.isOurs($0))
        }
        let fields = snapshot.metadata.partitionColumns.compactMap { snapshot.schema[$0] }
        let values = try PartitionValue.canonical(small, fields: fields, on: connection)
        var partitions: [[String?]: [AddFile]] = [:]
        for (file, values) in zip(small, values) { partitions[values, default: []].append(file) }
        let parts = partitions.values
            .map { $0.sorted { ($0.modificationTime, $0.path) < ($1.modificationTime, $1.path) } }
            .sorted { ($0.first?.path ?? "") < ($1.first?.path ?? "") }
            .flatMap { Self.stretches($0, of: 4 * targetFileSize) }
            .filter { Self.gain($0, targetFileSize) >= max(1, leastGain) }
        var batch: [AddFile] = []
        for part in parts {
            let size = (batch + part).reduce(0) { $0 + $1.size }
            if !batch.isEmpty,
                size > 4 * targetFileSize || batch.count + part.count > Self.batchFiles
            {
                batches.append(batch)
                batch = []
            }
            batch += part
        }
        if !batch.isEmpty { batches.append(batch) }
    }

    /// The files in their order, in stretches of at most about this many bytes.
    private static func stretches(_ files: [AddFile], of size: Int64) -> [[AddFile]] {
        var stretches: [[AddFile]] = []
        var stretch: [AddFile] = []
        var sum: Int64 = 0
        for file in files {
            if !stretch.isEmpty, sum + file.size > size || stretch.count == batchFiles {
                stretches.append(stretch)
                stretch = []
                sum = 0
            }
            stretch.append(file)
            sum += file.size
        }
        return stretch.isEmpty ? stretches : stretches + [stretch]
    }

    /// How many files fewer there will be.
    private static func gain(_ files: [AddFile], _ targetFileSize: Int64) -> Int {
        let size = files.reduce(0) { $0 + $1.size }
        return files.count - max(1, Int((size + targetFileSize - 1) / max(1, targetFileSize)))
    }
}
