/// A result as CSV: RFC 4180, a header, null as nothing and empty text as `""`.
struct ResultTable: Equatable {
    /// One value of a row.
    enum Cell: Hashable {
        case null
        case text(String)
    }

    var header: [Cell] = []
    var rows: [[Cell]] = []

    /// Reads CSV; the last line may lack its end.
    init(csv: some Sequence<UInt8>) {
        var records = Self.records(Array(csv))
        guard !records.isEmpty else { return }
        header = records.removeFirst()
        rows = records
    }

    /// One row as CSV.
    static func line(_ row: [Cell]) -> String {
        row.map { cell in
            switch cell {
            case .null: ""
            case .text(let text):
                text.isEmpty || text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
                    ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
            }
        }.joined(separator: ",")
    }

    private static func records(_ bytes: [UInt8]) -> [[Cell]] {
        var records: [[Cell]] = []
        var record: [Cell] = []
        var field: [UInt8] = []
        var wasQuoted = false
        var position = 0
        func endField() {
            let isNull = field.isEmpty && !wasQuoted
            record.append(isNull ? .null : .text(String(decoding: field, as: UTF8.self)))
            field = []
            wasQuoted = false
        }
        func endRecord() {
            endField()
            records.append(record)
            record = []
        }
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\"") where field.isEmpty && !wasQuoted:
                wasQuoted = true
                position = quoted(bytes, from: position, into: &field)
            case UInt8(ascii: ","):
                endField()
            case UInt8(ascii: "\r") where position < bytes.count && bytes[position] == 10:
                continue
            case UInt8(ascii: "\n"):
                endRecord()
            default:
                field.append(byte)
            }
        }
        if !field.isEmpty || wasQuoted || !record.isEmpty { endRecord() }
        return records
    }

    /// Reads up to the closing quote; returns the position behind it.
    private static func quoted(_ bytes: [UInt8], from start: Int, into field: inout [UInt8]) -> Int
    {
        var position = start
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "\"") {
                guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\"") else {
                    return position + 1
                }
                position += 1
            }
            field.append(bytes[position])
            position += 1
        }
        return position
    }
}
