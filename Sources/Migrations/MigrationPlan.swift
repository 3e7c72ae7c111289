public import FunctionConfig

/// What is to be done to bring a warehouse's schema up to date, or why nothing may be done.
public struct MigrationPlan: Sendable, Equatable {
    /// A script that is to be applied.
    public struct Pending: Sendable, Equatable {
        /// Why it is to be applied.
        public enum Reason: String, Sendable {
            /// It never was.
            case new
            /// It is repeatable, and has another content than last time.
            case changed
            /// It always is.
            case always
        }

        /// The script.
        public let migration: ReadMigration
        /// Why it is to be applied.
        public let reason: Reason
    }

    /// What is to be applied, in this order; empty where there are problems.
    public private(set) var pending: [Pending] = []
    /// Why nothing may be applied, a sentence for each problem.
    public private(set) var problems: [String] = []
    /// The highest version that was applied.
    public let version: SchemaVersion?

    /// Holds scripts, in their order, against what was applied, in the order in which it was.
    init(_ migrations: [ReadMigration], history: [AppliedChange]) {
        let highest = history.compactMap { change in
            change.version.map { (version: $0, script: change.script) }
        }.max { $0.version < $1.version }
        version = highest?.version
        for migration in migrations {
            let script = migration.script
            let last = history.last { $0.isOf(script) }
            switch (script.kind, last) {
            case (.always, _):
                pending.append(Pending(migration: migration, reason: .always))
            case (.versioned, let last?) where last.checksum != migration.checksum:
                problems.append(
                    "\(script.path) was applied with the checksum \(last.checksum) and has "
                        + "\(migration.checksum) now; put its old content back, and make the change "
                        + "in a file with a version above \(highest?.version.description ?? "")"
                )
            case (.repeatable, let last?) where last.checksum != migration.checksum:
                pending.append(Pending(migration: migration, reason: .changed))
            case (_, nil):
                if let version = script.version, let highest, version < highest.version {
                    problems.append(
                        "\(script.path) comes before \(highest.script), which is applied; give it a "
                            + "version above \(highest.version)"
                    )
                }
                pending.append(Pending(migration: migration, reason: .new))
            default: break
            }
        }
        if !problems.isEmpty { pending = [] }
    }
}
