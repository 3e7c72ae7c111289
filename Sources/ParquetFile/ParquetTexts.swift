/// Distinct texts that codes stand for: code 0 is the first.
///
/// Copies share their memory, so many threads and row groups can use one.
public struct ParquetTexts: Sendable {
    /// Each text as a dictionary page has it: its length in four bytes, then its UTF-8.
    let plain: [UInt8]
    /// Where each text begins in `plain`, and after the last one the end.
    let starts: [Int]

    /// The number of texts.
    public var count: Int { starts.count - 1 }

    /// Texts that differ from each other.
    public init(_ texts: [String]) {
        var plain: [UInt8] = []
        var starts: [Int] = []
        starts.reserveCapacity(texts.count + 1)
        plain.reserveCapacity(texts.reduce(0) { $0 + $1.utf8.count + Self.prefix })
        for text in texts {
            starts.append(plain.count)
            withUnsafeBytes(of: UInt32(text.utf8.count).littleEndian) {
                plain.append(contentsOf: $0)
            }
            plain.append(contentsOf: text.utf8)
        }
        starts.append(plain.count)
        self.plain = plain
        self.starts = starts
    }

    private static let prefix = 4

    /// The text of a code.
    subscript(code: Int32) -> ArraySlice<UInt8> {
        plain[(starts[Int(code)] + Self.prefix)..<starts[Int(code) + 1]]
    }

    /// The bytes of `plain` that hold the texts of some codes.
    func place(of codes: Range<Int>) -> Range<Int> {
        starts[codes.lowerBound]..<starts[codes.upperBound]
    }
}
