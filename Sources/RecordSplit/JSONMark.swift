/// The bytes that give JSON its structure.
///
/// Source: RFC 8259, section 2.
enum JSONMark {
    static let openObject = UInt8(ascii: "{")
    static let closeObject = UInt8(ascii: "}")
    static let openArray = UInt8(ascii: "[")
    static let closeArray = UInt8(ascii: "]")
    static let comma = UInt8(ascii: ",")
    static let backslash = UInt8(ascii: "\\")
    static let tab = UInt8(ascii: "\t")

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == Mark.space || byte == tab || Mark.isLineBreak(byte)
    }

    /// The bracket that a closing one belongs to.
    static func opener(of closing: UInt8) -> UInt8 {
        closing == closeObject ? openObject : openArray
    }
}

extension JSONLines {
    /// Appends a part of `span`.
    @inline(__always)
    mutating func append(_ span: RawSpan, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        unsafe span.withUnsafeBytes {
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[range]))
        }
    }
}
