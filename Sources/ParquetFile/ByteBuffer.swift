/// Memory that grows while bytes are put at its end.
///
/// One thread at a time writes to it; once it is written to no more, many may read it.
final class ByteBuffer: @unchecked Sendable {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(64, capacity)
        base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    /// The bytes, for as long as the buffer is held and nothing is put behind them.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// The bytes, with the buffer held until `body` is through with them.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(bytes)
    }

    /// Room for bytes behind the end; the address is good until room is asked for again.
    func room(for more: Int) -> UnsafeMutableRawPointer {
        if count + more > capacity {
            capacity = max(capacity * 2, count + more)
            let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
            larger.copyMemory(from: base, byteCount: count)
            base.deallocate()
            base = larger
        }
        return base + count
    }

    /// Counts bytes that were put into `room`.
    func advance(by more: Int) { count += more }

    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        room(for: bytes.count).copyMemory(from: start, byteCount: bytes.count)
        count += bytes.count
    }

    func append(_ byte: UInt8) {
        room(for: 1).storeBytes(of: byte, as: UInt8.self)
        count += 1
    }

    /// Puts four bytes, the least significant one first, over those at an offset.
    func overwrite(at offset: Int, with value: UInt32) {
        precondition(offset + 4 <= count)
        (base + offset).storeBytes(of: value.littleEndian, as: UInt32.self)
    }

    func removeAll() { count = 0 }
}
