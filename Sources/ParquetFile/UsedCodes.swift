/// Which of a dictionary's values a row group uses, and the place of each among these.
struct UsedCodes {
    /// The codes in use, ascending.
    let codes: [Int32]
    private let first: Int32
    /// For each code from the first one on its place; empty if that is the distance from the first.
    private let places: [UInt32]

    /// Looks at all codes.
    ///
    /// - Precondition: There is one, and all are less than `limit`.
    init(_ codes: UnsafeBufferPointer<Int32>, limit: Int) {
        var least = codes[0]
        var greatest = codes[0]
        for code in codes {
            least = min(least, code)
            greatest = max(greatest, code)
        }
        precondition(least >= 0 && Int(greatest) < limit, "a code without a value")
        var marks = [UInt32](repeating: 0, count: Int(greatest - least) + 1)
        marks.withUnsafeMutableBufferPointer { marks in
            for code in codes { marks[Int(code &- least)] = 1 }
        }
        self.init(marks: marks, first: least)
    }

    /// Looks at the codes of all runs.
    init(_ runs: [(code: Int32, count: Int)], limit: Int) {
        let inUse = runs.lazy.filter { $0.count > 0 }.map(\.code)
        let least = inUse.min() ?? 0
        let greatest = inUse.max() ?? 0
        precondition(least >= 0 && Int(greatest) < limit, "a code without a value")
        var marks = [UInt32](repeating: 0, count: Int(greatest - least) + 1)
        for code in inUse { marks[Int(code - least)] = 1 }
        self.init(marks: marks, first: least)
    }

    private init(marks: [UInt32], first: Int32) {
        var places = marks
        var used: [Int32] = []
        used.reserveCapacity(marks.count)
        for (place, mark) in marks.enumerated() where mark == 1 {
            places[place] = UInt32(used.count)
            used.append(first + Int32(place))
        }
        self.first = first
        self.places = used.count == marks.count ? [] : places
        codes = used
    }

    /// The bits that a place takes.
    var width: Int { HybridEncoding.width(of: codes.count - 1) }

    /// Whether the codes in use are all from the first to the last one.
    var isRange: Bool { places.isEmpty }

    /// The place of a code in use.
    func place(of code: Int32) -> UInt32 {
        let distance = code &- first
        return places.isEmpty ? UInt32(bitPattern: distance) : places[Int(distance)]
    }

    /// Writes the places of codes.
    func place(
        _ codes: UnsafeBufferPointer<Int32>,
        into output: UnsafeMutableBufferPointer<UInt32>
    ) {
        let first = first
        guard !places.isEmpty else {
            for index in codes.indices {
                output[index] = UInt32(bitPattern: codes[index] &- first)
            }
            return
        }
        places.withUnsafeBufferPointer { places in
            for index in codes.indices { output[index] = places[Int(codes[index] &- first)] }
        }
    }
}
