import FoundationEssentials
import Glibc
import Synchronization

/// Results go to standard output, everything else to standard error.
///
/// The live line is the last one of a terminal on standard error and is written over; elsewhere
/// there is none.
enum Console {
    private static let live = Mutex("")
    private static let hasLiveLine = isatty(STDERR_FILENO) == 1

    /// Writes a line to standard output.
    static func print(_ line: String) { Swift.print(line) }

    /// Writes JSON to standard output, indented.
    static func print(json: Data) { Swift.print(String(decoding: json, as: UTF8.self)) }

    /// Writes a line to standard error, whole even beside other writers.
    static func explain(_ line: String) {
        fflush(nil)
        live.withLock { live in
            write(live.isEmpty ? line + "\n" : "\r\u{1B}[K\(line)\n\(live)")
        }
    }

    /// Writes bytes of somebody else's log to standard error as they are.
    static func explain(bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Puts another live line in place of the present one.
    static func showLive(_ line: String) {
        guard hasLiveLine else { return }
        live.withLock { live in
            guard live != line else { return }
            live = line
            write("\r\u{1B}[K\(line)")
        }
    }

    /// Takes the live line away.
    static func clearLive() {
        live.withLock { live in
            if !live.isEmpty { write("\r\u{1B}[K") }
            live = ""
        }
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
