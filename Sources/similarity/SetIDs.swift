import Buckets
import SimilarityKernel

/// The ids of sets of names: hashes of their members, so that the same set has the same id in every
/// commit.
struct SetIDs {
    /// Each name's UTF-8 bytes and a zero byte, one after the other.
    private let bytes: [UInt8]
    /// Where each name begins, and after the last one the end.
    private let starts: [Int]

    /// Ids of sets of these names.
    init(_ names: [String]) {
        var bytes: [UInt8] = []
        var starts = [0]
        for name in names {
            bytes.append(contentsOf: name.utf8)
            bytes.append(0)
            starts.append(bytes.count)
        }
        self.bytes = bytes
        self.starts = starts
    }

    /// The ids of all sets, by number.
    func ids(of sets: IndexSets) -> [Int64] {
        let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, bytes.count))
        defer { scratch.deallocate() }
        return bytes.withUnsafeBufferPointer { bytes in
            starts.withUnsafeBufferPointer { starts in
                sets.withWords { words in
                    (0..<sets.count).map { set in
                        var length = 0
                        for word in 0..<sets.wordsPerSet {
                            var bits = words[set * sets.wordsPerSet + word]
                            while bits != 0 {
                                let member = word * 64 + bits.trailingZeroBitCount
                                bits &= bits - 1
                                for index in starts[member]..<starts[member + 1] {
                                    scratch[length] = bytes[index]
                                    length &+= 1
                                }
                            }
                        }
                        return Self.id(of: UnsafeRawBufferPointer(start: scratch, count: length))
                    }
                }
            }
        }
    }

    /// The low 63 bits of the XXH3-128 hash of the members' UTF-8 bytes, a zero byte after each.
    ///
    /// The last 16 digits that `printf 'Y1:1999\0Y1:2000\0' | xxhsum -H2` prints, without the
    /// highest bit.
    private static func id(of members: UnsafeRawBufferPointer) -> Int64 {
        Int64(ContentDigest.low64(of: members) & UInt64(Int64.max))
    }
}
