import Glibc

/// Memory for many numbers.
enum LargeMemory {
    /// The size of a large page, in bytes; see "Transparent Hugepage Support" in the kernel's manual.
    private static let page = 2 << 20

    /// Room for so many numbers that are not yet initialized, in large pages where it fills some.
    ///
    /// Small pages cost a fault each when they are first written, all of them together as much as
    /// the arithmetic. `deallocate()` gives the memory back.
    static func allocate(_ count: Int) -> UnsafeMutablePointer<Double> {
        let bytes = max(count, 1) * MemoryLayout<Double>.stride
        let isLarge = bytes >= 2 * page
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: bytes,
            alignment: isLarge ? page : MemoryLayout<Double>.alignment
        )
        // A wish only: without it the pages are small.
        if isLarge { madvise(memory, bytes, MADV_HUGEPAGE) }
        return memory.bindMemory(to: Double.self, capacity: max(count, 1))
    }
}
