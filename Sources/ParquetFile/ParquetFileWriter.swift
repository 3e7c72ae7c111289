import CLinuxCalls
import Glibc

/// Writes one Parquet file, row group after row group, on one thread at a time.
///
/// A writer that goes away before `finish` leaves a file that is none; whoever gave the path removes
/// it.
public final class ParquetFileWriter {
    private let path: String
    private var descriptor: Int32
    private var footer: Footer
    private var size = 0
    private var handedOver = 0
    /// What went wrong; bytes may be missing in the middle since then.
    private var failure: ParquetError?

    /// Makes the file.
    ///
    /// - Throws: `ParquetError` with the path, also if there is a file already.
    public convenience init(path: String, columns: [ParquetColumn]) throws(ParquetError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .ofSystem("create \(path)") }
        try self.init(descriptor: descriptor, path: path, columns: columns)
    }

    /// Writes to an open file and closes it; `path` is what errors call it.
    init(descriptor: Int32, path: String, columns: [ParquetColumn]) throws(ParquetError) {
        self.path = path
        self.descriptor = descriptor
        footer = Footer(columns)
        try write(Self.magic)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Puts a row group behind those that are there; one without rows adds nothing.
    ///
    /// - Throws: `ParquetError` with the path; the file is of no use then, and `finish` throws too.
    public func append(_ group: EncodedRowGroup) throws(ParquetError) {
        guard group.rows > 0 else { return }
        precondition(
            group.chunks.count == footer.columns.count,
            "a row group with other columns than the file"
        )
        footer.groups.append((size, group.rows, group.chunks))
        footer.rows += group.rows
        try group.bytes.withBytes { bytes throws(ParquetError) in try write(bytes) }
        startWritingBack()
    }

    /// Ends and closes the file.
    ///
    /// - Parameter synchronized: Whether the file's bytes are on the disk when this returns.
    /// - Returns: What the file holds.
    /// - Throws: `ParquetError` with the path; the file is of no use then.
    public func finish(synchronized: Bool) throws(ParquetError) -> ParquetFacts {
        var end = footer.encoded()
        let length = UInt32(end.count)
        withUnsafeBytes(of: length.littleEndian) { end.append(contentsOf: $0) }
        end.append(contentsOf: Self.magic)
        try write(end)
        if synchronized, fsync(descriptor) != 0 { throw .ofSystem("bring \(path) to the disk") }
        let closing = descriptor
        descriptor = -1
        guard close(closing) == 0 else { throw .ofSystem("close \(path)") }
        return facts()
    }

    private func facts() -> ParquetFacts {
        let columns = footer.columns.enumerated().map { index, column in
            let bounds = column.kind == .strings ? nil : footer.bounds(of: index)
            return ParquetFacts.Column(
                name: column.name,
                nullCount: 0,
                minimum: bounds?.minimum,
                maximum: bounds?.maximum
            )
        }
        return ParquetFacts(rows: Int64(footer.rows), size: Int64(size), columns: columns)
    }

    private func write(_ bytes: [UInt8]) throws(ParquetError) {
        let error: ParquetError? = bytes.withUnsafeBytes { bytes in
            do throws(ParquetError) {
                try write(bytes)
                return nil
            } catch { return error }
        }
        if let error { throw error }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(ParquetError) {
        precondition(descriptor >= 0, "\(path) is finished")
        if let failure { throw failure }
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written < 0 && errno == EINTR { continue }
            guard written >= 0 else {
                let error = ParquetError.ofSystem("write to \(path)")
                failure = error
                throw error
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
        size += bytes.count
    }

    /// Lets the disk begin with what is written, so that a later fsync has less to wait for.
    private func startWritingBack() {
        guard size - handedOver >= Self.writeBack else { return }
        // A hint: file systems that cannot follow it refuse, and lose nothing.
        _ = sync_file_range(
            descriptor,
            off_t(handedOver),
            off_t(size - handedOver),
            UInt32(SYNC_FILE_RANGE_WRITE)
        )
        handedOver = size
    }

    private static let magic = Array("PAR1".utf8)
    private static let writeBack = 8 << 20
}
