import FoundationEssentials
import Glibc

/// The folder of the SQL files that change the warehouse's schema.
public struct MigrationFolder: Sendable, Equatable {
    /// The absolute path.
    public let path: String
    /// The scripts in it and in the folders below it, in the order in which they are applied.
    public let scripts: [MigrationScript]

    /// Looks at the names of the files; those that do not end in `.sql` are not meant.
    ///
    /// - Throws: `FunctionConfigError` with every problem: no such folder, names that say nothing,
    ///   versions and names that stand twice.
    public init(path: String) throws(FunctionConfigError) {
        let files: [String]
        // The folder may be a link; the listing would not follow it.
        if let real = realpath(path, nil) {
            self.path = String(cString: real)
            free(real)
        } else {
            self.path = path
        }
        do {
            files = try FileManager.default.subpathsOfDirectory(atPath: self.path)
        } catch {
            throw FunctionConfigError(problems: [
                Self.problem("there is no folder \(path)", "make it, or correct the path")
            ])
        }
        var scripts: [MigrationScript] = []
        var problems: [FunctionConfigProblem] = []
        for file in files.sorted() where file.lowercased().hasSuffix(".sql") {
            guard !file.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else {
                continue
            }
            if let script = MigrationScript(path: file) {
                scripts.append(script)
            } else {
                problems.append(
                    Self.problem(
                        "`\(file)` is no name of a migration",
                        "call it V1.2__what_it_does.sql, R__what_it_makes.sql or "
                            + "A__what_it_does.sql, with two underscores"
                    )
                )
            }
        }
        scripts.sort()
        problems += zip(scripts, scripts.dropFirst()).compactMap(Self.conflict)
        guard problems.isEmpty else { throw FunctionConfigError(problems: problems) }
        self.scripts = scripts
    }

    /// What is wrong with two scripts that follow each other.
    private static func conflict(
        _ left: MigrationScript,
        _ right: MigrationScript
    ) -> FunctionConfigProblem? {
        guard left.kind == right.kind else { return nil }
        if let version = left.version, version == right.version {
            return problem(
                "`\(left.path)` and `\(right.path)` have the same version",
                "give each its own"
            )
        }
        guard left.kind != .versioned, left.description == right.description else { return nil }
        return problem(
            "`\(left.path)` and `\(right.path)` have the same name",
            "give each its own, also in different folders"
        )
    }

    private static func problem(_ problem: String, _ remedy: String) -> FunctionConfigProblem {
        FunctionConfigProblem(path: "migrations", problem: problem, remedy: remedy)
    }
}
