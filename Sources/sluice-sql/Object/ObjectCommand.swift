import ArgumentParser
import Buckets
import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import TableFacts

/// `sluice-sql object BUCKET/KEY --table TABLE`: what lake and warehouse know of an object, as JSON.
///
/// For `sluice explain`, which asks it in a process of its own. What cannot be told is a `problem`
/// in the answer, not an error.
struct ObjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "object",
        abstract: "Tells where the rows of an object are.",
        shouldDisplay: false
    )

    @Argument(help: ArgumentHelp("The object.", valueName: "BUCKET/KEY"))
    var object: String

    @Option(help: "The table that it belongs to.")
    var table: String

    @OptionGroup var options: SurroundingsOptions

    func run() throws {
        guard let object = ObjectKey(object) else {
            throw QueryError.misused("\(object) is no object; write BUCKET/KEY")
        }
        let buckets = try options.bucketsFolder()
        var facts = TableFacts()
        let parts = object.key.split(separator: "/").map(String.init)
        if object.bucket == "lake", let table = parts.first {
            let lake = try ObjectInLake(table: table, in: buckets)
            if parts.count == 3, parts[1] == "_delta_log", let version = Int64(parts[2].prefix(20))
            {
                facts.commit = lake.commit(version)
            } else {
                facts.file = lake.file(parts.dropFirst().joined(separator: "/"))
            }
        } else {
            facts.rows = RowFacts(
                lake: try ObjectInLake(table: table, in: buckets).rows(of: object),
                warehouse: try ObjectInWarehouse(
                    options.settings(of: buckets).warehouse,
                    table: table
                )
                .rows(of: object)
            )
        }
        let output = StandardOutput()
        output.write(String(decoding: try JSONText.encode(facts), as: UTF8.self) + "\n")
        output.flush()
    }
}
