public import FoundationEssentials
import Glibc

/// A fresh folder for one test, removed with everything in it when the value is released.
public final class ScratchFolder: Sendable {
    /// The absolute path, without a trailing slash and without symbolic links.
    public let path: String

    /// Makes the folder under `TMPDIR`, or `/tmp` where that is not set.
    public init() throws {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(parent)/sluice-test.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil, let real = realpath(template, nil) else {
            throw TestSupportError(step: "make a folder in \(parent)", reason: errno)
        }
        path = String(cString: real)
        free(real)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The absolute path of `relative` in this folder.
    public func path(_ relative: String) -> String { "\(path)/\(relative)" }

    /// Writes a file, with the folders above it, and returns its absolute path.
    @discardableResult
    public func write(_ content: some DataProtocol, to relative: String) throws -> String {
        let target = path(relative)
        let folder = target[..<(target.lastIndex(of: "/") ?? target.startIndex)]
        try FileManager.default.createDirectory(
            atPath: String(folder),
            withIntermediateDirectories: true
        )
        // Closed in programs that other tests are just starting: they would keep the file open.
        let file = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw TestSupportError(step: "write \(target)", reason: errno) }
        defer { close(file) }
        var rest = Data(content)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else {
                throw TestSupportError(step: "write \(target)", reason: errno)
            }
            rest = rest.dropFirst(count)
        }
        return target
    }

    /// Writes text as UTF-8, with the folders above it, and returns the file's absolute path.
    @discardableResult
    public func write(_ text: String, to relative: String) throws -> String {
        try write(Data(text.utf8), to: relative)
    }

    /// Removes a file, or a folder with all that is in it.
    public func remove(_ relative: String) throws {
        try FileManager.default.removeItem(atPath: path(relative))
    }

    /// The content of a file in this folder.
    public func read(_ relative: String) throws -> Data {
        try Data(contentsOf: URL(filePath: path(relative)))
    }

    /// The content of a file in this folder as text; bytes that are not UTF-8 are replaced.
    public func text(_ relative: String) throws -> String {
        String(decoding: try read(relative), as: UTF8.self)
    }

    /// Whether there is anything at `relative`.
    public func holds(_ relative: String) -> Bool {
        FileManager.default.fileExists(atPath: path(relative))
    }

    /// The paths below `relative` of everything that is not a folder, sorted; empty if there is
    /// no such folder.
    public func files(in relative: String = "") throws -> [String] {
        let root = relative.isEmpty ? path : path(relative)
        guard FileManager.default.fileExists(atPath: root) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: root)
            .filter {
                var isFolder = false
                _ = FileManager.default.fileExists(atPath: "\(root)/\($0)", isDirectory: &isFolder)
                return !isFolder
            }
            .sorted()
    }
}

/// A step of the test's own preparation that failed.
public struct TestSupportError: Error, CustomStringConvertible {
    /// What could not be done.
    public let step: String
    /// The system's `errno` value.
    public let reason: Int32

    /// One line for the test's output.
    public var description: String { "cannot \(step): \(String(cString: strerror(reason)))" }
}
