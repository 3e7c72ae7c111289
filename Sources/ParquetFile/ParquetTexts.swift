import Glibc

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
    subscript(code: Int32) -> String { String(decoding: plain[bytes(of: code)], as: UTF8.self) }

    /// The codes of the least and the greatest text, in the order of their bytes, of some.
    ///
    /// - Precondition: There is one.
    func bounds(of codes: [Int32]) -> (least: Int32, greatest: Int32) {
        var least = codes[0]
        var greatest = least
        plain.withUnsafeBytes { plain in
            func precedes(_ mine: Int32, _ theirs: Int32) -> Bool {
                let mine = plain[bytes(of: mine)]
                let theirs = plain[bytes(of: theirs)]
                let first = UnsafeRawBufferPointer(rebasing: mine).baseAddress
                let second = UnsafeRawBufferPointer(rebasing: theirs).baseAddress
                guard let first, let second else { return mine.count < theirs.count }
                let order = memcmp(first, second, min(mine.count, theirs.count))
                return order < 0 || order == 0 && mine.count < theirs.count
            }
            for code in codes.dropFirst() {
                if precedes(code, least) {
                    least = code
                } else if precedes(greatest, code) {
                    greatest = code
                }
            }
        }
        return (least, greatest)
    }

    private func bytes(of code: Int32) -> Range<Int> {
        (starts[Int(code)] + Self.prefix)..<starts[Int(code) + 1]
    }

    /// The bytes of `plain` that hold the texts of some codes.
    func place(of codes: Range<Int>) -> Range<Int> {
        starts[codes.lowerBound]..<starts[codes.upperBound]
    }
}
