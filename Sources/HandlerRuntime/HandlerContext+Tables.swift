import Buckets
public import Events

extension HandlerContext {
    /// The lake tables that a run is about: all on a schedule, or those that a person names.
    ///
    /// - Returns: Their names, and what was asked by hand; nil on a schedule.
    /// - Throws: `HandlerError` when the event is of another kind, or names a table that is not
    ///   there.
    public func lakeTables() throws -> (names: [String], byHand: TablesEvent?) {
        let present = try FilePath.names(in: buckets.path(ofBucket: "lake")).filter { name in
            !ObjectRules.isHidden(name)
                && FilePath.isFolder(buckets.lakeTable(name) + "/_delta_log")
        }
        switch event {
        case .schedule: return (present, nil)
        case .tables(let event):
            for table in event.tables ?? [] where !present.contains(table) {
                throw HandlerError.input(
                    "NoLakeTable",
                    "there is no lake table \(table); `sluice tables` lists them"
                )
            }
            return (event.tables ?? present, event)
        case .objects, .crawler, nil:
            throw HandlerError.failure(
                "WrongEvent",
                "\(functionName) takes a schedule, or tables by hand; give its trigger a `schedule`"
            )
        }
    }
}
