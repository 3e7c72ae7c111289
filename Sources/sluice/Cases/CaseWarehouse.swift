import Buckets
import Events
import Glibc

/// Another warehouse to run a case against: a PostgreSQL database, in a schema for that case alone.
struct CaseWarehouse: Sendable {
    /// The URL, as it stands in settings.
    let url: String
    /// The schema.
    let schema: String

    /// The beginning of the names of such schemas; no others are ever dropped.
    static let schemaPrefix = "sluice_test_"

    /// A schema of its own for a case, told from those of other calls.
    init(url: String, caseName: String) {
        self.url = url
        let plain = caseName.lowercased().utf8.prefix(30).map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "_")
            }
        }
        let number = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        schema = "\(Self.schemaPrefix)\(String(decoding: plain, as: UTF8.self))_\(number)"
    }

    /// Whether a setting names a server.
    static func isURL(_ text: String) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// Gives the settings that stand in a folder of links to a case this warehouse.
    ///
    /// - Throws: `CommandFailure` where they name one themselves.
    func enter(into config: String, like folder: CaseFolder) throws {
        let text = String(decoding: try FilePath.read(folder.config), as: UTF8.self)
        guard let settings = try? JSONValue(parsing: text), let members = settings.members,
            let start = text.firstIndex(of: "{")
        else {
            throw CommandFailure.failed("\(folder.config) is no JSON object; correct it")
        }
        guard settings["warehouse"] == nil, settings["warehouseSchema"] == nil else {
            throw CommandFailure.failed(
                "\(folder.config) names a warehouse itself; take it out to run the case with --warehouse"
            )
        }
        // Written anew the settings would lose the order of columns.
        let added: JSONValue = ["warehouse": .string(url), "warehouseSchema": .string(schema)]
        let line = String(decoding: try JSONText.encode(added), as: UTF8.self).dropLast()
        let rest = text[text.index(after: start)...]
        try AtomicFile.write(
            Array((line + (members.isEmpty ? "" : ",") + rest).utf8),
            to: config,
            durable: false
        )
    }
}
