/// Writes values in Thrift's compact protocol, in which Parquet keeps page headers and the footer.
struct ThriftWriter {
    /// What the protocol calls the types of fields and list elements.
    enum Kind: UInt8 {
        case yes = 1
        case no = 2
        case int16 = 4
        case int32 = 5
        case int64 = 6
        case binary = 8
        case list = 9
        case structure = 12
    }

    private(set) var bytes: [UInt8] = []
    private var lastField: Int16 = 0

    /// The fields of a structure, in ascending order of their numbers, and its end.
    mutating func fields(_ body: (inout ThriftWriter) -> Void) {
        let outer = lastField
        lastField = 0
        body(&self)
        bytes.append(0)
        lastField = outer
    }

    mutating func int16(_ field: Int16, _ value: Int) { integer(field, .int16, value) }

    mutating func int32(_ field: Int16, _ value: Int) { integer(field, .int32, value) }

    mutating func int64(_ field: Int16, _ value: Int) { integer(field, .int64, value) }

    mutating func bool(_ field: Int16, _ value: Bool) { header(field, value ? .yes : .no) }

    mutating func binary(_ field: Int16, _ value: some Collection<UInt8>) {
        header(field, .binary)
        element(value)
    }

    mutating func text(_ field: Int16, _ value: String) { binary(field, value.utf8) }

    mutating func structure(_ field: Int16, _ body: (inout ThriftWriter) -> Void) {
        header(field, .structure)
        fields(body)
    }

    /// A list whose elements the caller writes next: `count` times `element` or `fields`.
    mutating func list(_ field: Int16, of kind: Kind, count: Int) {
        header(field, .list)
        if count < 15 {
            bytes.append(UInt8(count) << 4 | kind.rawValue)
        } else {
            bytes.append(0xF0 | kind.rawValue)
            variable(UInt64(count))
        }
    }

    /// A number as an element of a list.
    mutating func element(_ value: Int) { zigzag(value) }

    /// Bytes as an element of a list.
    mutating func element(_ value: some Collection<UInt8>) {
        variable(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    private mutating func integer(_ field: Int16, _ kind: Kind, _ value: Int) {
        header(field, kind)
        zigzag(value)
    }

    private mutating func header(_ field: Int16, _ kind: Kind) {
        let step = field - lastField
        precondition((1...15).contains(step), "field \(field) after \(lastField)")
        bytes.append(UInt8(step) << 4 | kind.rawValue)
        lastField = field
    }

    private mutating func zigzag(_ value: Int) {
        variable(UInt64(bitPattern: Int64((value << 1) ^ (value >> 63))))
    }

    private mutating func variable(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
