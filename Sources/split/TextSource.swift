import Buckets
import HandlerRuntime
import RecordSplit

/// Room for the bytes on their way, used for one object after the other.
final class TextBuffers {
    /// Bytes as they lie in the object.
    let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
    /// Bytes unpacked; touched by archives only.
    let unpacked = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)

    /// UTF-16 made UTF-8, at most three bytes for two; touched by such text only.
    let transcoded = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 << 20, alignment: 4096)

    deinit {
        raw.deallocate()
        unpacked.deallocate()
        transcoded.deallocate()
    }
}

/// An object's content as UTF-8 text without a byte-order mark, in pieces.
struct TextSource: ~Copyable {
    /// The next part of the text, and what is wrong behind it if that is no text.
    ///
    /// The bytes stay where they are until the next piece is asked for.
    struct Piece {
        var bytes: UnsafeRawBufferPointer
        var flaw: InputFlaw?
    }

    /// Whether the last piece was the last.
    private(set) var isAtEnd = false

    private let source: SourceFile
    private let name: String
    private let buffers: TextBuffers
    private var isFirst = true
    private var inflation: Inflation?
    private var transcoder: UTF16Transcoder?
    private var check = TextCheck()
    private var checked = 0

    init(_ source: SourceFile, named name: String, buffers: TextBuffers) {
        self.source = source
        self.name = name
        self.buffers = buffers
    }

    /// The next piece: the whole text if it is short, otherwise as much as fits the buffers.
    ///
    /// - Throws: `HandlerError` of kind `input` for an archive that cannot be read or a kind of file
    ///   that is not text, `BucketsError` if reading fails.
    mutating func next() throws -> Piece {
        var bytes = try nextBytes()
        if isFirst {
            isFirst = false
            bytes = try withoutMark(bytes)
        }
        guard transcoder != nil else { return piece(of: bytes) }
        var flaw: InputFlaw?
        var text: [UInt8] = []
        do throws(UTF16Transcoder.Flaw) {
            try transcoder?.scan(bytes.bytes, into: &text)
            if isAtEnd { try transcoder?.finish() }
        } catch {
            flaw = .notUTF16(offset: error.offset + 2)
        }
        buffers.transcoded.copyBytes(from: text)
        var piece = piece(
            of: UnsafeRawBufferPointer(rebasing: buffers.transcoded[..<text.count])
        )
        piece.flaw = piece.flaw ?? flaw
        return piece
    }

    private mutating func piece(of bytes: UnsafeRawBufferPointer) -> Piece {
        do throws(TextFlaw) {
            try check.scan(bytes.bytes)
            if isAtEnd { try check.finish() }
            checked += bytes.count
            return Piece(bytes: bytes)
        } catch {
            let end = min(max(error.offset - checked, 0), bytes.count)
            return Piece(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<end]), flaw: .text(error))
        }
    }

    private mutating func nextBytes() throws -> UnsafeRawBufferPointer {
        if let inflation {
            let count = try inflation.fill(buffers.unpacked, from: source, buffers.raw)
            isAtEnd = count < buffers.unpacked.count
            return UnsafeRawBufferPointer(rebasing: buffers.unpacked[..<count])
        }
        let count = try source.read(into: buffers.raw)
        isAtEnd = count < buffers.raw.count
        return UnsafeRawBufferPointer(rebasing: buffers.raw[..<count])
    }

    /// Looks at the signature: goes over to unpacking or transcoding, removes a mark.
    private mutating func withoutMark(
        _ bytes: UnsafeRawBufferPointer
    ) throws -> UnsafeRawBufferPointer {
        switch FileSignature(bytes) {
        case nil: return bytes
        case .gzip where inflation == nil:
            inflation = try Inflation(name: name, first: bytes, isLast: isAtEnd)
            return try withoutMark(nextBytes())
        case .gzip: throw InputFlaw.unsupported("gzip archive in a gzip archive").error(in: name)
        case .unsupported(let kind): throw InputFlaw.unsupported(kind).error(in: name)
        case .utf8: return UnsafeRawBufferPointer(rebasing: bytes[3...])
        case .utf16(let order):
            transcoder = UTF16Transcoder(order)
            return UnsafeRawBufferPointer(rebasing: bytes[2...])
        }
    }
}
