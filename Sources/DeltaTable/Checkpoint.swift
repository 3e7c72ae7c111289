import FoundationEssentials

/// Reads and writes a checkpoint: a Parquet file with one action in each row.
///
/// `DeltaTable` itself knows no Parquet; a target that links a Parquet engine supplies this.
/// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#checkpoint-schema
public protocol CheckpointCodec: ~Copyable {
    /// The actions in the checkpoint at `path`, in any order.
    func read(_ path: String) throws(DeltaError) -> [DeltaAction]
    /// Writes a new file at `path` with these actions; it need not be on the disk at return.
    func write(_ actions: [DeltaAction], to path: String) throws(DeltaError)
}

/// The content of `_last_checkpoint`.
struct LastCheckpoint: Codable {
    let version: Int64
    let size: Int64
    let sizeInBytes: Int64?
    let numOfAddFiles: Int64?

    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }
}
