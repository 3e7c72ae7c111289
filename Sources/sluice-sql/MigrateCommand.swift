import ArgumentParser
import DuckDB
import FunctionConfig
import HandlerRuntime
import Migrations
import WarehouseAccess

/// `sluice-sql migrate`: applies the files of the setting `migrations`, or says which it would.
struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Apply the SQL files that make the warehouse's schema.",
        discussion: """
            The setting `migrations` names their folder. V1.2__name.sql is applied once, in the \
            order of versions, R__name.sql whenever its content changed, A__name.sql every time. \
            The table sluice_changes of the warehouse keeps what was applied.
            """
    )

    @Flag(help: "Say what would be applied, and change nothing.")
    var dryRun = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var surroundings: SurroundingsOptions

    func run() throws {
        let settings = try surroundings.settings(of: surroundings.bucketsFolder())
        guard let folder = settings.migrations else {
            throw QueryError.misused(
                "functions.json has no `migrations`; set it to the folder of your SQL files"
            )
        }
        do {
            let access = WarehouseAccess(settings.warehouse, purpose: "migrate")
            let migrations = try Migrations(folder: folder, access: access)
            let connection = try Database().connect()
            var report = MigrationReport(json: json)
            let failure = try run(migrations, on: connection, &report)
            try report.finish()
            if let failure { throw failure }
        } catch let error as FunctionConfigError {
            throw QueryError.misused(error.description)
        } catch let error as HandlerError {
            throw QueryError.failed(error.message)
        }
    }

    /// Does it, and hands back what is wrong with the migrations.
    private func run(
        _ migrations: Migrations,
        on connection: borrowing Connection,
        _ report: inout MigrationReport
    ) throws -> QueryError? {
        if dryRun {
            let plan = try migrations.plan(on: connection)
            report.note(pending: plan)
            return plan.problems.isEmpty ? nil : .failed(plan.problems.joined(separator: "\n"))
        }
        do {
            let plan = try migrations.apply(.apply, on: connection) { report.note(applied: $0) }
            report.note(done: plan)
            return nil
        } catch let error as MigrationError {
            return .failed(error.description)
        }
    }
}
