import FoundationEssentials
import Glibc

/// Results go to standard output, everything else to standard error.
enum Console {
    /// Writes a line to standard output.
    static func print(_ line: String) { Swift.print(line) }

    /// Writes JSON to standard output, indented.
    static func print(json: Data) { Swift.print(String(decoding: json, as: UTF8.self)) }

    /// Writes a line to standard error, whole even beside other writers.
    static func explain(_ line: String) {
        fflush(nil)
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
