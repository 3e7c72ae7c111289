/// A Swift type whose memory is that of a DuckDB column.
public protocol ColumnScalar: BitwiseCopyable, Sendable {
    /// Whether a column of this layout holds values of this type.
    static func matches(_ layout: ColumnLayout) -> Bool
}

extension Bool: ColumnScalar {
    /// `BOOLEAN`.
    public static func matches(_ layout: ColumnLayout) -> Bool { layout == .boolean }
}

extension Int8: ColumnScalar {
    /// `TINYINT`.
    public static func matches(_ layout: ColumnLayout) -> Bool { layout == .int8 }
}

extension Int16: ColumnScalar {
    /// `SMALLINT`.
    public static func matches(_ layout: ColumnLayout) -> Bool { layout == .int16 }
}

extension Int32: ColumnScalar {
    /// `INTEGER`, and `DATE` in days since 1970-01-01.
    public static func matches(_ layout: ColumnLayout) -> Bool {
        layout == .int32 || layout == .date
    }
}

extension Int64: ColumnScalar {
    /// `BIGINT`, and times in their unit.
    public static func matches(_ layout: ColumnLayout) -> Bool {
        switch layout {
        case .int64, .time, .timestamp, .instant: true
        default: false
        }
    }
}

extension UInt8: ColumnScalar {
    /// `UTINYINT`.
    public static func matches(_ layout: ColumnLayout) -> Bool { layout == .uint8 }
}

extension UInt16: ColumnScalar {
    /// `USMALLINT`.
    public static func matches(_ layout: ColumnLayout) -> Bool { layout == .uint16 }
}

extension UInt32: ColumnScalar {
    /// `UINTEGER`.
    public static func matches(_ layout: ColumnLayout) -> Bool { layout == .uint32 }
}

extension UInt64: ColumnScalar {
    /// `UBIGINT`.
    public static func matches(_ layout: ColumnLayout) -> Bool { layout == .uint64 }
}

extension Float: ColumnScalar {
    /// `FLOAT`.
    public static func matches(_ layout: ColumnLayout) -> Bool { layout == .float }
}

extension Double: ColumnScalar {
    /// `DOUBLE`.
    public static func matches(_ layout: ColumnLayout) -> Bool { layout == .double }
}
