import CDuckDB

/// A borrowed vector of a chunk, and how values are read from it.
struct ColumnVector {
    let handle: duckdb_vector

    init(chunk: duckdb_data_chunk, column: Int) {
        self.init(handle: duckdb_data_chunk_get_vector(chunk, idx_t(column)))
    }

    private init(handle: duckdb_vector) { self.handle = handle }

    var validity: Validity { Validity(mask: duckdb_vector_get_validity(handle)) }

    func values<Element>(count: Int) -> UnsafeBufferPointer<Element> {
        let data = duckdb_vector_get_data(handle)
        return UnsafeBufferPointer(
            start: data?.assumingMemoryBound(to: Element.self),
            count: data == nil ? 0 : count
        )
    }

    func value(at row: Int, layout: ColumnLayout) -> SQLValue {
        guard validity[row] else { return .null }
        return number(at: row, layout: layout) ?? other(at: row, layout: layout)
    }

    private func element<Element>(_ row: Int) -> Element? {
        let elements: UnsafeBufferPointer<Element> = values(count: row + 1)
        return elements.isEmpty ? nil : elements[row]
    }

    private func whole<Width: FixedWidthInteger>(_ row: Int, _ width: Width.Type) -> SQLValue? {
        let found: Width? = element(row)
        return found.map { .integer(Int128($0)) }
    }

    private func number(at row: Int, layout: ColumnLayout) -> SQLValue? {
        switch layout {
        case .boolean: element(row).map { (byte: UInt8) in .boolean(byte != 0) }
        case .int8: whole(row, Int8.self)
        case .int16: whole(row, Int16.self)
        case .int32: whole(row, Int32.self)
        case .int64: whole(row, Int64.self)
        case .int128: element(row).map { .integer(Self.int128($0)) }
        case .uint8: whole(row, UInt8.self)
        case .uint16: whole(row, UInt16.self)
        case .uint32: whole(row, UInt32.self)
        case .uint64: whole(row, UInt64.self)
        case .float: element(row).map(SQLValue.float)
        case .double: element(row).map(SQLValue.double)
        case .date: element(row).map(SQLValue.date(days:))
        case .time: element(row).map(SQLValue.time(microseconds:))
        case .timestamp(let units): element(row).map { .timestamp($0, unitsPerSecond: units) }
        case .instant: element(row).map(SQLValue.instant(microseconds:))
        default: nil
        }
    }

    private func other(at row: Int, layout: ColumnLayout) -> SQLValue {
        switch layout {
        case .string(let isJSON):
            let text = String(decoding: stringBytes(row), as: UTF8.self)
            return isJSON ? .json(text) : .string(text)
        case .blob: return .blob(Array(stringBytes(row)))
        case .decimal(let width, let scale): return decimal(row, width: width, scale: scale)
        case .interval: return interval(row)
        case .uuid: return uuid(row)
        case .enumeration(let names): return enumerated(row, names)
        case .list(let child): return .list(elements(row, child))
        case .array(let child, let count):
            let inner = ColumnVector(handle: duckdb_array_vector_get_child(handle))
            return .list(
                (row * count..<(row + 1) * count).map { inner.value(at: $0, layout: child) }
            )
        case .structure(let fields): return .structure(self.fields(row, fields))
        case .map(let key, let value):
            let entry = ColumnLayout.structure([
                .init(name: "key", type: key), .init(name: "value", type: value),
            ])
            return .map(elements(row, entry).compactMap(Self.entry))
        default: return .unreadable
        }
    }

    private func stringBytes(_ row: Int) -> UnsafeBufferPointer<UInt8> {
        let strings: UnsafeBufferPointer<duckdb_string_t> = values(count: row + 1)
        guard let base = strings.baseAddress else { return .init(start: nil, count: 0) }
        return bytes(of: base + row)
    }

    private func decimal(_ row: Int, width: Int, scale: Int) -> SQLValue {
        let stored: ColumnLayout =
            switch width {
            case ...4: .int16
            case ...9: .int32
            case ...18: .int64
            default: .int128
            }
        guard case .integer(let unscaled) = number(at: row, layout: stored) else { return .null }
        return .decimal(unscaled: unscaled, scale: scale)
    }

    private func interval(_ row: Int) -> SQLValue {
        guard let span: duckdb_interval = element(row) else { return .null }
        return .interval(months: span.months, days: span.days, microseconds: span.micros)
    }

    /// The top bit is stored flipped, so that UUIDs sort as signed numbers do.
    private func uuid(_ row: Int) -> SQLValue {
        guard let stored: duckdb_hugeint = element(row) else { return .null }
        let high = UInt64(bitPattern: stored.upper) ^ (1 << 63)
        let digits = hexadecimal(high) + hexadecimal(stored.lower)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return .uuid(text)
    }

    private func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private func enumerated(_ row: Int, _ names: [String]) -> SQLValue {
        let stored: ColumnLayout =
            switch names.count {
            case ...0xFF: .uint8
            case ...0xFFFF: .uint16
            default: .uint32
            }
        guard let index = number(at: row, layout: stored)?.int, names.indices.contains(index)
        else { return .unreadable }
        return .string(names[index])
    }

    private func elements(_ row: Int, _ child: ColumnLayout) -> [SQLValue] {
        guard let entry: duckdb_list_entry = element(row) else { return [] }
        let inner = ColumnVector(handle: duckdb_list_vector_get_child(handle))
        let start = Int(entry.offset)
        return (start..<start + Int(entry.length)).map { inner.value(at: $0, layout: child) }
    }

    private func fields(_ row: Int, _ fields: [ColumnLayout.Field]) -> [SQLValue.Field] {
        fields.enumerated().map { index, field in
            let child = duckdb_struct_vector_get_child(handle, idx_t(index))
            guard let child else { return .init(name: field.name, value: .unreadable) }
            let value = ColumnVector(handle: child).value(at: row, layout: field.type)
            return .init(name: field.name, value: value)
        }
    }

    private static func entry(_ value: SQLValue) -> SQLValue.Entry? {
        guard case .structure(let fields) = value, fields.count == 2 else { return nil }
        return .init(key: fields[0].value, value: fields[1].value)
    }

    private static func int128(_ stored: duckdb_hugeint) -> Int128 {
        Int128(stored.upper) << 64 | Int128(stored.lower)
    }
}

/// The bytes of a stored text: inside it up to 12, otherwise behind its pointer.
func bytes(of element: UnsafePointer<duckdb_string_t>) -> UnsafeBufferPointer<UInt8> {
    let length = Int(element.pointee.length)
    guard length > 12 else {
        let inside = UnsafeRawPointer(element) + 4
        return UnsafeBufferPointer(start: inside.assumingMemoryBound(to: UInt8.self), count: length)
    }
    let outside = UnsafeRawPointer(element.pointee.pointer)
    return UnsafeBufferPointer(start: outside?.assumingMemoryBound(to: UInt8.self), count: length)
}
