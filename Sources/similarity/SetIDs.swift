import Buckets
import SimilarityKernel

/// The ids of an indicator's sets: hashes of their members, so that the same set has the same id in
/// every commit.
struct SetIDs {
    private let names: [String]
    /// The id of each set met so far, by its number.
    private(set) var ids: [Int64] = []

    /// Ids of sets of these names.
    init(_ names: [String]) { self.names = names }

    /// Gives ids to sets that have none yet.
    mutating func update(_ sets: IndexSets) {
        while ids.count < sets.count {
            let members = sets.members(of: ids.count)
            ids.append(Self.id(of: members.map { names[$0] }))
        }
    }

    /// The low 63 bits of the XXH3-128 hash of the members' UTF-8 bytes, a zero byte after each.
    ///
    /// The last 16 digits that `printf 'Y1:1999\0Y1:2000\0' | xxhsum -H2` prints, without the
    /// highest bit.
    static func id(of members: some Sequence<String>) -> Int64 {
        var bytes: [UInt8] = []
        for member in members {
            bytes.append(contentsOf: member.utf8)
            bytes.append(0)
        }
        let hash = bytes.withUnsafeBytes { ContentDigest.low64(of: $0) }
        return Int64(hash & UInt64(Int64.max))
    }
}
