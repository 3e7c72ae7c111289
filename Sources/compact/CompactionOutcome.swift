import Events

/// What a run came to for one table.
struct CompactionOutcome {
    /// The newest version that it made.
    var version: Int64?
    /// Rows that were written anew.
    var rows: Int64 = 0
    /// Files that left the table.
    var removed = 0
    /// Files that took their place.
    var files = 0
    /// Bytes of the files that left, and of those that came.
    var bytes: (before: Int64, after: Int64) = (0, 0)
    /// Why the table was left as it is, or why there is more to do; nil where all is done.
    var reason: String?

    /// The entry in the handler's answer.
    func json(table: String) -> JSONValue {
        let status =
            version != nil
            ? (reason == nil ? "compacted" : "unfinished")
            : (reason == nil ? "unchanged" : "skipped")
        var members: [(String, JSONValue)] = [
            ("table", .string(table)), ("status", .string(status)),
        ]
        if let version {
            members += [
                ("version", .integer(version)), ("rows", .integer(rows)),
                ("removed", .integer(Int64(removed))), ("files", .integer(Int64(files))),
                ("bytesBefore", .integer(bytes.before)), ("bytesAfter", .integer(bytes.after)),
            ]
        }
        if let reason { members.append(("reason", .string(reason))) }
        return .object(members.map { JSONValue.Member(name: $0.0, value: $0.1) })
    }
}
