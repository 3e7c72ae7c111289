import Glibc

/// DuckDB's extensions as they lie beside Sluice's programs; nothing is fetched at run time.
public enum DuckDBExtension {
    /// Loads an extension into the connection's database; loading it again does nothing.
    ///
    /// - Throws: `DuckDBError` when the extension is not installed or of another version.
    public static func load(
        _ name: String,
        into connection: borrowing Connection
    )
        throws(DuckDBError)
    {
        try connection.execute("LOAD \(SQL.literal(try path(named: name)))")
    }

    /// The file of an extension: in the folder above that of an installed program, or in
    /// `.deps/extensions` of the package that the program was built in.
    ///
    /// - Throws: `DuckDBError` that names the places looked at.
    public static func path(named name: String) throws(DuckDBError) -> String {
        let program = try programFolder()
        let file = "\(name).duckdb_extension"
        let places = [
            "\(program)/../\(file)", "\(program)/../../../.deps/extensions/\(file)",
        ]
        guard let found = places.first(where: { access($0, R_OK) == 0 }) else {
            throw DuckDBError(
                step: "load extension \(name)",
                message: "it is neither \(places.joined(separator: " nor ")); run scripts/setup, "
                    + "or scripts/install again"
            )
        }
        return found
    }

    private static func programFolder() throws(DuckDBError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(
            decoding: buffer.prefix(max(0, length)).map(UInt8.init(bitPattern:)),
            as: UTF8.self
        )
        guard let slash = program.lastIndex(of: "/") else {
            throw DuckDBError(
                step: "find DuckDB's extensions",
                message: "/proc/self/exe does not tell where this program is"
            )
        }
        return String(program[..<slash])
    }
}
