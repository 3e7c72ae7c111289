import CZlib
import HandlerRuntime

/// Unpacks gzip data of any number of members, as RFC 1952 allows and `cat a.gz b.gz` makes them.
final class Inflation {
    private let name: String
    // zlib keeps a pointer back to the stream, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isLast: Bool
    private var isBetweenMembers = false
    private var unpacked: Int64 = 0

    /// Begins with the bytes that were read already; `isLast` if the file holds no others.
    init(name: String, first: UnsafeRawBufferPointer, isLast: Bool) throws(HandlerError) {
        self.name = name
        self.isLast = isLast
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        feed(first)
        // 15 is the greatest window, 16 asks for gzip and nothing else. See zlib.h, inflateInit2.
        let outcome = inflateInit2_(
            stream,
            15 + 16,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard outcome == Z_OK else { throw .failure("OutOfMemory", "zlib has no memory") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Fills `output` as far as the archive goes.
    ///
    /// `raw` must hold what was fed last until it is used up; it is read anew then.
    ///
    /// - Returns: The number of bytes; fewer than fit at the end of the archive only.
    /// - Throws: `HandlerError` of kind `input` if the archive is cut off or damaged.
    func fill(
        _ output: UnsafeMutableRawBufferPointer,
        from source: SourceFile,
        _ raw: UnsafeMutableRawBufferPointer
    ) throws -> Int {
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
        stream.pointee.avail_out = uInt(output.count)
        while stream.pointee.avail_out > 0 {
            if stream.pointee.avail_in == 0 {
                if isLast { break }
                let count = try source.read(into: raw)
                isLast = count < raw.count
                feed(UnsafeRawBufferPointer(rebasing: raw[..<count]))
                continue
            }
            if isBetweenMembers {
                try beginMember()
                continue
            }
            switch inflate(stream, Z_NO_FLUSH) {
            case Z_OK, Z_BUF_ERROR: continue
            case Z_STREAM_END: isBetweenMembers = true
            case Z_MEM_ERROR: throw HandlerError.failure("OutOfMemory", "zlib has no memory")
            default: throw damaged(stream.pointee.msg.map { String(cString: $0) })
            }
        }
        let count = output.count - Int(stream.pointee.avail_out)
        unpacked += Int64(count)
        if count < output.count, !isBetweenMembers {
            throw HandlerError.input(
                "TruncatedArchive",
                "\(name): the gzip archive ends in the middle of its data, after \(unpacked) "
                    + "unpacked bytes; copy the whole file again"
            )
        }
        return count
    }

    private func feed(_ bytes: UnsafeRawBufferPointer) {
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: Bytef.self)
        )
        stream.pointee.avail_in = uInt(bytes.count)
    }

    /// Goes on behind a member: zeros are padding, anything else must be the next member.
    private func beginMember() throws(HandlerError) {
        while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
            stream.pointee.next_in += 1
            stream.pointee.avail_in -= 1
        }
        guard stream.pointee.avail_in > 0 else { return }
        guard stream.pointee.next_in.pointee == 0x1F else {
            throw damaged("something else follows the archive")
        }
        inflateReset(stream)
        isBetweenMembers = false
    }

    private func damaged(_ reason: String?) -> HandlerError {
        .input(
            "DamagedArchive",
            "\(name): the gzip archive is damaged (\(reason ?? "unknown reason")); copy the whole "
                + "file again, or pack it again"
        )
    }
}
