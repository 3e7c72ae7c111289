import CZstd
import Synchronization

/// The memory that encoding one row group needs, kept for the next one.
///
/// One call at a time uses it: see `WorkbenchShelf`.
final class Workbench: @unchecked Sendable {
    /// A page's bytes before they are compressed.
    let page = ByteBuffer(capacity: 0)
    /// A dictionary's bytes before they are compressed.
    let dictionary = ByteBuffer(capacity: 0)
    private let packed = ByteBuffer(capacity: 0)
    private let zstd = ZSTD_createCCtx()
    private var numbers: UnsafeMutableBufferPointer<UInt32> = .allocate(capacity: 0)

    deinit {
        ZSTD_freeCCtx(zstd)
        numbers.deallocate()
    }

    /// Room for codes or levels; what it held before may be gone.
    func numbers(_ count: Int) -> UnsafeMutableBufferPointer<UInt32> {
        if numbers.count < count {
            numbers.deallocate()
            numbers = .allocate(capacity: max(count, 1024))
        }
        return UnsafeMutableBufferPointer(rebasing: numbers[..<count])
    }

    /// The bytes compressed, in memory that the next call uses again.
    func compressed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        packed.removeAll()
        let limit = ZSTD_compressBound(bytes.count)
        let size = ZSTD_compressCCtx(
            zstd,
            packed.room(for: limit),
            limit,
            bytes.baseAddress,
            bytes.count,
            Self.level
        )
        // With room for the bound there is nothing else that can fail.
        precondition(ZSTD_isError(size) == 0, "zstd has no memory")
        packed.advance(by: size)
        return packed.bytes
    }

    private static let level: Int32 = 1
}

/// Workbenches that no call uses at the moment.
final class WorkbenchShelf: Sendable {
    private let idle = Mutex<[Workbench]>([])

    /// Lends one for the time of a call.
    func lend<Result>(_ body: (Workbench) -> Result) -> Result {
        let bench = idle.withLock { $0.popLast() } ?? Workbench()
        defer { idle.withLock { $0.append(bench) } }
        return body(bench)
    }
}
