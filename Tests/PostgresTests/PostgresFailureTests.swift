import DuckDB
import FunctionConfig
import HandlerRuntime
import Testing

@testable import WarehouseAccess

/// What DuckDB said in trials; the words are the server's, libpq's and its own.
@Suite("An error of a PostgreSQL server")
struct PostgresFailureTests {
    private static let failures:
        [(message: String, kind: HandlerError.Kind, type: String, words: String)] = [
            (
                "IO Error: Unable to connect to Postgres at \"postgres://u@h/d\": connection to server at "
                    + "\"h\", port 5432 failed: FATAL:  the database system is starting up\n",
                .notNow, "WarehouseAway", "the database system is starting up"
            ),
            (
                "Failed to copy data: ERROR:  could not extend file \"base/5/1\": No space left on device\n"
                    + "HINT:  Check free disk space.\nCONTEXT:  COPY t, line 7: \"secret\"\n",
                .notNow, "WarehouseFull", "Check free disk space"
            ),
            (
                "Failed to execute query \"ALTER TABLE x\": ERROR:  deadlock detected\nDETAIL:  Process 1\n",
                .notNow, "WarehouseBusy", "deadlock detected"
            ),
            (
                "Failed to execute query \"\nCREATE TABLE t\": ERROR:  cannot execute CREATE TABLE in a "
                    + "read-only transaction\n",
                .notNow, "WarehouseAway", "read-only"
            ),
            (
                "Failed to copy data: ERROR:  row is too big: size 12944, maximum size 8160\n"
                    + "CONTEXT:  COPY t, line 1\n",
                .input, "ValueRefused", "row is too big"
            ),
            (
                "Failed to copy data: ERROR:  value too long for type character varying(5)\n"
                    + "CONTEXT:  COPY t, line 1, column name: \"secret\"\n",
                .input, "ValueRefused", "for the column name"
            ),
            (
                "Invalid Input Error: DATE \"5001-01-01 (BC)\" is out of range for Postgres' DATE field",
                .input, "ValueRefused", "out of range"
            ),
            (
                "Failed to execute query \"SELECT 'secret'\": ERREUR:  quelque chose\n",
                .failure, "WarehouseFailed", "quelque chose"
            ),
        ]

    @Test(
        "is told by what can be done about it, without statements and values",
        arguments: failures
    )
    func classes(message: String, kind: HandlerError.Kind, type: String, words: String) throws {
        let url = #"{"warehouse": "postgres://u:p@h/d"}"#
        let config = try FunctionConfig(
            json: url,
            path: "/c/functions.json",
            surroundings: .init(bucketsFolder: "/b", environment: [:])
        )
        guard case .postgres(let server) = config.warehouse else { return }
        let raw = DuckDBError(step: "run `INSERT`", message: message)
        #expect(PostgresFailure.isOfServer(raw))
        let error = PostgresFailure(raw, of: server).error
        #expect(error.kind == kind)
        #expect(error.type == type)
        #expect(error.message.contains(words))
        #expect(error.message.hasPrefix("the PostgreSQL warehouse postgres://u@h/d"))
        #expect(!error.message.contains("secret"))
    }

    @Test("is not one of DuckDB's own work")
    func others() {
        for message in [
            "Out of Memory Error: failed", "IO Error: No space left on device", "Conversion Error",
        ] {
            #expect(!PostgresFailure.isOfServer(DuckDBError(step: "", message: message)))
        }
    }
}
