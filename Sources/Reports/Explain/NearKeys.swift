public import Events

/// Finds keys that somebody may have meant.
public struct NearKeys: Sendable {
    private let known: [ObjectKey]

    /// Looks among known keys; earlier ones come first where others are as near.
    public init(_ known: [ObjectKey]) { self.known = known }

    /// The nearest keys, at most `count`; empty when none is near.
    ///
    /// Near is a key of the same file name in another folder or bucket, or one that differs by few
    /// letters, whatever their case.
    public func nearest(to key: ObjectKey, count: Int = 3) -> [ObjectKey] {
        let wanted = Array(key.description.lowercased().utf8)
        let name = Self.name(of: wanted)
        let limit = max(2, wanted.count / 5)
        var found: [(key: ObjectKey, distance: Int)] = []
        for candidate in known where candidate != key {
            let text = Array(candidate.description.lowercased().utf8)
            let isSameName = Self.name(of: text).elementsEqual(name)
            let distance = Self.distance(text, wanted, limit: limit) ?? (isSameName ? limit : nil)
            guard let distance else { continue }
            found.append((candidate, distance))
            guard found.count > 64 else { continue }
            found = Array(found.sorted { $0.distance < $1.distance }.prefix(count))
        }
        return found.sorted { $0.distance < $1.distance }.prefix(count).map(\.key)
    }

    private static func name(of path: [UInt8]) -> ArraySlice<UInt8> {
        path[(path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...]
    }

    /// How many letters must be changed, put in, left out or exchanged with their neighbour to make
    /// one text of the other; nil when more than `limit`.
    ///
    /// Only the cells of the table that can be within the limit are filled in.
    private static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int? {
        guard abs(left.count - right.count) <= limit else { return nil }
        let beyond = limit + 1
        var before = [Int](repeating: beyond, count: right.count + 1)
        var last = (0...right.count).map { min($0, beyond) }
        for row in 0..<left.count {
            var current = [Int](repeating: beyond, count: right.count + 1)
            if row + 1 <= limit { current[0] = row + 1 }
            let low = max(1, row + 1 - limit)
            let high = min(right.count, row + 1 + limit)
            guard low <= high else { return nil }
            for column in low...high {
                let isSame = left[row] == right[column - 1]
                var best = min(last[column - 1] + (isSame ? 0 : 1), last[column] + 1)
                best = min(best, current[column - 1] + 1)
                if row > 0, column > 1, left[row] == right[column - 2],
                    left[row - 1] == right[column - 1]
                {
                    best = min(best, before[column - 2] + 1)
                }
                current[column] = min(best, beyond)
            }
            if current[low...high].allSatisfy({ $0 > limit }) { return nil }
            before = last
            last = current
        }
        return last[right.count] <= limit ? last[right.count] : nil
    }
}
