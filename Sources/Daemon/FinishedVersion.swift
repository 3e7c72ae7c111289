public import Events

/// An object version for which nothing is left to do, and what came of it.
///
/// A version that users drop is finished when every delivery of it and of its manifest is settled;
/// what its lake commit sets off is the commit's own.
public struct FinishedVersion: Sendable, Equatable {
    /// Counts the versions that a daemon has finished, from 1: a gap shows what was not told.
    public var number = 0
    /// The object.
    public var object: ObjectKey
    /// What each function did with it, in the order in which they ended.
    public var parts: [Part]
    /// From its notice to the last settlement, in microseconds.
    public var microseconds: Int64

    /// Puts a finished version together.
    public init(object: ObjectKey, parts: [Part], microseconds: Int64) {
        self.object = object
        self.parts = parts
        self.microseconds = microseconds
    }

    /// Whether some function gave it up.
    public var isDead: Bool {
        parts.contains { part in
            if case .failed = part.outcome { true } else { false }
        }
    }

    /// What one function did with a version.
    public struct Part: Sendable, Equatable {
        /// The function.
        public var function: String
        /// Its handler; empty when a newer version made its work needless before it began.
        public var handler: String
        /// What came of it.
        public var outcome: Outcome

        /// Puts a part together.
        public init(function: String, handler: String, outcome: Outcome) {
            self.function = function
            self.handler = handler
            self.outcome = outcome
        }
    }

    /// What came of a function's work on a version.
    public enum Outcome: Sendable, Equatable {
        /// It is done, and there is no more to say.
        case done
        /// Its rows are in a lake table; `version` is nil where the answer does not tell.
        case lake(table: String, version: Int64?, RowCounts)
        /// Its rows are in a warehouse table.
        case warehouse(table: String, RowCounts)
        /// Rows left a lake table; `version` is nil where there is none.
        case leftLake(table: String, version: Int64?, rows: Int64)
        /// Rows left a warehouse table.
        case leftWarehouse(table: String, rows: Int64)
        /// A newer version made it needless.
        case superseded
        /// The object was deleted.
        case cancelled
        /// It was given up.
        case failed(HandlerFailure)
    }

    /// How many records became rows.
    public struct RowCounts: Sendable, Equatable {
        /// Rows.
        public var rows: Int64
        /// Records that are in quarantine.
        public var rejected: Int64

        /// Puts counts together.
        public init(rows: Int64, rejected: Int64) {
            self.rows = rows
            self.rejected = rejected
        }
    }
}

extension FinishedVersion.Outcome {
    /// What an entry of a handler's answer says; entries of other handlers say that it is done.
    init(handler: String, answer: JSONValue?) {
        guard let answer, let table = answer["table"]?.string else {
            self = answer?["status"]?.string == "superseded" ? .superseded : .done
            return
        }
        if ["superseded", "outdated"].contains(answer["status"]?.string) {
            self = .superseded
            return
        }
        guard let rows = answer["rows"]?.integer else {
            self = .done
            return
        }
        if answer["status"]?.string == "removed" {
            self =
                handler == "convert"
                ? .leftLake(table: table, version: answer["version"]?.integer, rows: rows)
                : .leftWarehouse(table: table, rows: rows)
            return
        }
        let counts = FinishedVersion.RowCounts(
            rows: rows,
            rejected: answer["rejected"]?.integer ?? 0
        )
        switch handler {
        case "convert": self = .lake(table: table, version: answer["version"]?.integer, counts)
        case "load": self = .warehouse(table: table, counts)
        default: self = .done
        }
    }
}
