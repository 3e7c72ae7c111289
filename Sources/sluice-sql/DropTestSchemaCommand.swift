import ArgumentParser
import DuckDB
import FunctionConfig
import HandlerRuntime
import WarehouseAccess

/// `sluice-sql drop-test-schema`: removes the schema that `sluice test --warehouse` made for a case.
struct DropTestSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop-test-schema",
        abstract: "Drops the PostgreSQL schema of a test case.",
        shouldDisplay: false
    )

    @OptionGroup var surroundings: SurroundingsOptions

    func run() throws {
        let warehouse = try surroundings.warehouse(of: surroundings.bucketsFolder())
        guard case .postgres(let server) = warehouse, server.schema.hasPrefix("sluice_test_") else {
            throw QueryError.misused("the settings name no schema that `sluice test` made")
        }
        do {
            let connection = try Database().connect()
            let access = WarehouseAccess(warehouse, purpose: "test")
            _ = try access.writing(on: connection) { _ in
            } transaction: { connection in
                try connection.onServer(
                    "DROP SCHEMA IF EXISTS \(SQL.identifier(server.schema)) CASCADE"
                )
                return true
            }
        } catch let error as HandlerError {
            throw QueryError.failed(error.message)
        }
    }
}
