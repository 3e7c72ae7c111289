import Events

/// One reading of a lake table in a statement's plan.
public struct LakeScan: Equatable, Sendable {
    /// The table's name.
    public let table: String
    /// The columns read, in no particular order; empty when rows are only counted.
    public let columns: [String]
    /// Conditions that every row which matters fulfils.
    let conditions: [ScanExpression]
    /// Conditions that follow from others above the scan and are not worth showing beside them.
    let derived: [ScanExpression]

    /// The conditions in SQL; what only DuckDB understands is not among them.
    public var filters: [String] {
        let shown = conditions.isEmpty ? derived : conditions
        return shown.flatMap { if case .all(let parts) = $0 { parts } else { [$0] } }
            .compactMap(\.text)
    }

    /// The scans in a plan that `json_serialize_plan` wrote, wherever they are in it.
    ///
    /// - Parameter plan: The text.
    /// - Returns: `nil` when the text is no plan.
    static func all(in plan: String) -> [LakeScan]? {
        guard let root = try? JSONValue(parsing: plan), root["error"] == .bool(false),
            let plans = root["plans"]
        else { return nil }
        var scans: [LakeScan] = []
        collect(plans, below: nil, into: &scans)
        return scans
    }

    private static func collect(
        _ value: JSONValue,
        below filter: JSONValue?,
        into scans: inout [LakeScan]
    ) {
        if let elements = value.array {
            for element in elements {
                collect(element, below: filter, into: &scans)
            }
            return
        }
        guard let members = value.members else { return }
        let type = value["type"]?.string
        let source = value["function_data"]
        if type == "LOGICAL_GET", source?["catalog"]?.string == "memory",
            source?["schema"]?.string == "lake", let scan = LakeScan(get: value, below: filter)
        {
            scans.append(scan)
        }
        for member in members {
            // Only what stands directly above a scan speaks of its columns by their places.
            let isAbove = type == "LOGICAL_FILTER" && member.name == "children"
            collect(member.value, below: isAbove ? value : nil, into: &scans)
        }
    }

    private init?(get: JSONValue, below filter: JSONValue?) {
        guard let table = get["function_data"]?["table"]?.string, let names = get["names"]?.array
        else { return nil }
        func name(_ index: Int64) -> String? {
            names.indices.contains(Int(index)) ? names[Int(index)].string : nil
        }
        let read = (get["column_indexes"]?.array ?? []).map { column -> String? in
            guard let index = column["index"] else { return name(0) }
            return index.integer.flatMap(name)
        }
        let kept = get["projection_ids"]?.array?.compactMap(\.integer) ?? []
        let given =
            kept.isEmpty ? read : kept.map { read.indices.contains(Int($0)) ? read[Int($0)] : nil }
        var conditions: [ScanExpression] = []
        var derived: [ScanExpression] = []
        for entry in get["table_filters"]?["filters"]?.array ?? [] {
            guard let column = name(entry["key"]?.integer ?? 0), let value = entry["value"] else {
                continue
            }
            let expression = ScanExpression(tableFilter: value, on: column)
            if value["filter_type"]?.string == "OPTIONAL_FILTER" {
                derived.append(expression)
            } else {
                conditions.append(expression)
            }
        }
        conditions += (filter?["expressions"]?.array ?? []).map {
            ScanExpression(bound: $0, columns: given)
        }
        self.table = table
        self.columns = read.compactMap(\.self)
        self.conditions = conditions
        self.derived = derived
    }
}
