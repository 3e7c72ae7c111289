import FoundationEssentials

/// A line of what the process that opens the tables tells the one that judges.
///
/// One part of a line is set.
public struct InventoryLine: Sendable, Codable {
    /// A table of the lake.
    public var lake: LakeFacts?
    /// The warehouse without its tables.
    public var warehouse: WarehouseFacts?
    /// A table of the warehouse.
    public var warehouseTable: WarehouseTableFacts?
    /// A file of bucket `results`.
    public var result: ResultFacts?

    /// An empty line, to be set.
    public init() {}

    /// Reads lines of JSON, one at a time, into the parts of an inventory.
    ///
    /// - Throws: `DecodingError` for a line that is none.
    public static func read(
        _ bytes: [UInt8]
    ) throws -> (lake: [String: LakeFacts], warehouse: WarehouseFacts, results: [ResultFacts]) {
        var lake: [String: LakeFacts] = [:]
        var warehouse = WarehouseFacts()
        var results: [ResultFacts] = []
        let decoder = JSONDecoder()
        for text in bytes.split(separator: UInt8(ascii: "\n")) {
            let line = try decoder.decode(InventoryLine.self, from: Data(text))
            if let table = line.lake { lake[table.table] = table }
            if let facts = line.warehouse {
                warehouse.exists = facts.exists
                warehouse.problem = facts.problem
            }
            if let table = line.warehouseTable { warehouse.tables.append(table) }
            if let result = line.result { results.append(result) }
        }
        return (lake, warehouse, results)
    }
}
