public import DuckDB
public import FunctionConfig
import HandlerRuntime
public import WarehouseAccess

/// Brings the warehouse's schema up to date: each script in a transaction of its own, together with
/// its row of `sluice_changes`.
///
/// Whoever else does so at the same time waits; no script is applied twice for that.
public struct Migrations: Sendable {
    private let migrations: [ReadMigration]
    private let access: WarehouseAccess

    /// A script that was applied.
    public struct Applied: Sendable, Equatable {
        /// The script.
        public let script: MigrationScript
        /// How long it took.
        public let seconds: Double
    }

    /// Which scripts that are always applied are wanted.
    public enum Always: Sendable {
        /// All, whatever else is to be done.
        case apply
        /// All, if there is anything else to be done, and none otherwise.
        case accompany
    }

    /// Reads the scripts of a folder.
    ///
    /// - Throws: `FunctionConfigError` when files have names that cannot be; `BucketsError` when one
    ///   cannot be read.
    public init(folder: String, access: WarehouseAccess) throws {
        migrations = try ReadMigration.all(in: try MigrationFolder(path: folder))
        self.access = access
    }

    /// What is to be done.
    ///
    /// - Throws: `HandlerError` when the warehouse cannot be read.
    public func plan(on connection: borrowing Connection) throws -> MigrationPlan {
        let store = ChangeHistory(of: access.warehouse)
        let history = try access.reading(on: connection) { try store.read(on: $0) }
        return MigrationPlan(migrations, history: history ?? [])
    }

    /// Applies what is to be applied; `report` hears of each script once it is committed.
    ///
    /// - Returns: The plan after that: nothing is pending but what is always applied.
    /// - Throws: `MigrationError` when nothing may be applied or a script fails, which then left
    ///   nothing behind; those before it stay. `HandlerError` when the warehouse is busy or away.
    public func apply(
        _ always: Always,
        on connection: borrowing Connection,
        report: (Applied) -> Void
    ) throws -> MigrationPlan {
        var plan = try plan(on: connection)
        var wantsAlways = always == .apply
        while true {
            guard plan.problems.isEmpty else { throw MigrationError.refused(plan.problems) }
            guard let next = plan.pending.first(where: { $0.reason != .always }) else { break }
            wantsAlways = true
            if let applied = try apply(next, on: connection) { report(applied) }
            plan = try self.plan(on: connection)
        }
        for next in plan.pending where wantsAlways {
            if let applied = try apply(next, on: connection) { report(applied) }
        }
        return plan
    }

    /// Applies one script; nil when another process has done it meanwhile.
    private func apply(
        _ next: MigrationPlan.Pending,
        on connection: borrowing Connection
    ) throws -> Applied? {
        var seconds = 0.0
        let store = ChangeHistory(of: access.warehouse)
        let dialect = MigrationDialect(of: access.warehouse)
        do {
            let isApplied = try access.writing(on: connection) { _ in
            } transaction: { connection in
                try dialect.begin(on: connection)
                try store.prepare(on: connection)
                let history = try store.read(on: connection)
                guard MigrationPlan(migrations, history: history).pending.contains(next) else {
                    return false
                }
                let clock = ContinuousClock.now
                try dialect.run(next.migration.sql, on: connection)
                seconds = (ContinuousClock.now - clock) / .seconds(1)
                try store.record(next.migration, seconds: seconds, on: connection)
                return true
            }
            guard isApplied else { return nil }
        } catch let error as DuckDBError {
            throw MigrationError.failed(next.migration.script, error.message)
        } catch let error as HandlerError where error.kind != .notNow {
            throw MigrationError.failed(next.migration.script, error.message)
        }
        return Applied(script: next.migration.script, seconds: seconds)
    }
}
