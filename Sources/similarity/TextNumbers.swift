import DuckDB

/// Numbers for distinct texts, in the order in which they are first met.
struct TextNumbers {
    private var bytes: [UInt8] = []
    /// Where each text ends in `bytes`.
    private var ends: [Int] = []
    /// Open addressing: the hash and the number of a text plus one, or 0; a power of two long.
    private var slots: [(hash: UInt32, number: Int32)] = Array(repeating: (0, 0), count: 256)

    /// The numbers of short texts, each where its bits say; a later one takes the place.
    private var recent: [(low: UInt64, high: UInt64, number: Int32)] = Array(
        repeating: (0, 0, -1),
        count: 1 << recentBits
    )
    private static let recentBits = 8

    /// How many distinct texts there are.
    var count: Int { ends.count }

    /// The number of a text; a new one where it was not met before.
    mutating func number(of text: UnsafeBufferPointer<UInt8>) -> Int32 {
        let hash = Self.hash(text)
        var slot = Int(hash) & (slots.count &- 1)
        while slots[slot].number != 0 {
            if slots[slot].hash == hash, holds(slots[slot].number &- 1, text) {
                return slots[slot].number &- 1
            }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
        slots[slot] = (hash, Int32(truncatingIfNeeded: ends.count))
        if ends.count * 2 > slots.count { grow() }
        return Int32(truncatingIfNeeded: ends.count &- 1)
    }

    /// The number of a row's text.
    ///
    /// - Parameters:
    ///   - row: A row that is not null.
    ///   - elements: The rows as DuckDB holds them.
    ///   - texts: The same rows as texts.
    /// - Returns: The number; a new one where the text was not met before.
    @inline(__always)
    mutating func number(
        of row: Int,
        _ elements: UnsafeRawBufferPointer,
        _ texts: StringColumn
    ) -> Int32 {
        let low = elements.load(fromByteOffset: row &* 16, as: UInt64.self)
        let high = elements.load(fromByteOffset: row &* 16 &+ 8, as: UInt64.self)
        let isShort = UInt32(truncatingIfNeeded: low) <= 12
        let mixed = (low ^ high &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        let place = Int(truncatingIfNeeded: mixed >> UInt64(64 - Self.recentBits))
        if isShort, recent[place].low == low, recent[place].high == high,
            recent[place].number >= 0
        {
            return recent[place].number
        }
        let number = texts.withBytes(of: row) { bytes in self.number(of: bytes) }
        if isShort { recent[place] = (low, high, number) }
        return number
    }

    /// The texts in the order of their bytes, and for each number the place of its text there.
    func sorted() -> (texts: [String], places: [Int]) {
        let order = (0..<count).sorted { self[$0].lexicographicallyPrecedes(self[$1]) }
        var places = Array(repeating: 0, count: count)
        for (place, number) in order.enumerated() { places[number] = place }
        return (order.map { String(decoding: self[$0], as: UTF8.self) }, places)
    }

    /// The texts by number.
    var texts: [String] { (0..<count).map { String(decoding: self[$0], as: UTF8.self) } }

    private subscript(number: Int) -> ArraySlice<UInt8> {
        bytes[(number == 0 ? 0 : ends[number - 1])..<ends[number]]
    }

    private func holds(_ number: Int32, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = number == 0 ? 0 : ends[Int(number) &- 1]
        guard ends[Int(number)] &- start == text.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            for index in 0..<text.count where bytes[start &+ index] != text[index] { return false }
            return true
        }
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: (0, 0), count: old.count * 2)
        for entry in old where entry.number != 0 {
            var slot = Int(entry.hash) & (slots.count - 1)
            while slots[slot].number != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = entry
        }
    }

    /// Mixes eight bytes at a time.
    private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let raw = UnsafeRawBufferPointer(text)
        var hash = UInt64(truncatingIfNeeded: raw.count) &* 0x9E37_79B9_7F4A_7C15
        var index = 0
        while index &+ 8 <= raw.count {
            hash = mix(hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index &+= 8
        }
        var rest: UInt64 = 0
        while index < raw.count {
            rest = rest << 8 | UInt64(raw[index])
            index &+= 1
        }
        hash = mix(hash ^ rest)
        return UInt32(truncatingIfNeeded: hash >> 32)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let (high, low) = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return high ^ low
    }
}
