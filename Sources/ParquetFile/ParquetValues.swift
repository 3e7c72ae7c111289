/// One column of one row group.
///
/// Each code is the place of a value among the distinct ones; a code that has no value stops the
/// program. The cases with unsafe buffers need their memory until `ParquetEncoder.encode` returns.
public enum ParquetValues {
    /// A code for each row.
    case texts(ParquetTexts, codes: [Int32])
    /// Runs of equal rows, such as those of the column that rows are sorted by.
    case oneText(ParquetTexts, runs: [(code: Int32, count: Int)])
    /// Distinct numbers and a code for each row.
    case int32([Int32], codes: [Int32])
    /// Distinct numbers and a code for each row.
    case int64([Int64], codes: [Int32])
    /// A number for each row, none of them not-a-number.
    case doubles([Double])
    /// For each row how many of `codes` are its elements.
    case lists(ParquetTexts, codes: [Int32], lengths: [Int32])
    /// As `texts`, from memory of the caller.
    case unsafeTexts(ParquetTexts, codes: UnsafeBufferPointer<Int32>)
    /// As `int32`, from memory of the caller.
    case unsafeInt32([Int32], codes: UnsafeBufferPointer<Int32>)
    /// As `int64`, from memory of the caller.
    case unsafeInt64([Int64], codes: UnsafeBufferPointer<Int32>)
    /// As `doubles`, from memory of the caller.
    case unsafeDoubles(UnsafeBufferPointer<Double>)

    /// Whether a column of the kind can hold these values.
    func suits(_ kind: ParquetColumn.Kind) -> Bool {
        switch self {
        case .texts, .oneText, .unsafeTexts: kind == .string
        case .int32, .unsafeInt32: kind == .int32
        case .int64, .unsafeInt64: kind == .int64
        case .doubles, .unsafeDoubles: kind == .double
        case .lists: kind == .strings
        }
    }
}
