import FoundationEssentials
import Glibc

/// The absolute path of an executable that this package builds, beside the running tests.
///
/// - Throws: `TestSupportError` if it was not built.
public func builtProgram(named name: String) throws -> String {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard length > 0 else { throw TestSupportError(step: "find the test program", reason: errno) }
    let own = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let beside = own[..<(own.lastIndex(of: "/") ?? own.endIndex)]
    // The runner is either the test bundle itself or a tool that was given its path.
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
    let besideBundle = bundle.map { $0[..<($0.lastIndex(of: "/") ?? $0.startIndex)] }
    for folder in [beside, besideBundle].compactMap(\.self) {
        let candidate = "\(folder)/\(name)"
        if access(candidate, X_OK) == 0 { return candidate }
    }
    throw TestSupportError(step: "find the built program \(name)", reason: ENOENT)
}

/// The root of this package, from the place of this source file.
public let packageFolder: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/")
}()

/// The absolute path of a file of the shared test data, or nil, with a line that says so, where
/// that data is not beside the package.
public func sharedData(_ relative: String) -> String? {
    let path = "\(packageFolder)/../shared/data/\(relative)"
    if access(path, R_OK) == 0 { return path }
    // A worktree lies one folder deeper than the package's usual place.
    let deeper = "\(packageFolder)/../../shared/data/\(relative)"
    if access(deeper, R_OK) == 0 { return deeper }
    print("skipped: ../shared/data/\(relative) is not there")
    return nil
}

/// Whether a program of the system is there; says so, with a line, where it is not.
public func isInstalled(_ program: String) -> Bool {
    if access("/usr/bin/\(program)", X_OK) == 0 { return true }
    print("skipped: \(program) is not installed; scripts/setup does it")
    return false
}
