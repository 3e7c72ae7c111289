import Events

/// SQL that reads text as a value of a type, and that tells whether text is one.
///
/// `text` is always an SQL expression of type VARCHAR.
enum ScalarText {
    /// The value of a text, null where it has none, and where it is no value of the type.
    ///
    /// - Parameters:
    ///   - text: The expression.
    ///   - type: The column's type.
    ///   - isGiven: Whether settings name the type; an inferred one was checked by `crawl`.
    ///   - times: How dates and times are written.
    ///   - shared: The name of what ``sharedCast(_:as:isGiven:)`` gave, where it was computed before.
    /// - Returns: An expression of the type.
    static func value(
        _ text: String,
        as type: ColumnType,
        isGiven: Bool,
        times: TimeFormats,
        cast shared: String? = nil
    ) -> String {
        let cast = shared ?? "TRY_CAST(\(text) AS \(type.sqlName))"
        switch type {
        case .string, .void: return text
        case .array, .struct:
            if isGiven { return NestedText.value(text, as: type, times: times) }
            return "TRY_CAST(CASE WHEN json_valid(\(text)) THEN CAST(\(text) AS JSON) END "
                + "AS \(type.sqlName))"
        case .boolean: return isGiven ? "TRY_CAST(trim(\(text)) AS BOOLEAN)" : cast
        case .double:
            return isGiven
                ? "CASE WHEN (NOT isinf(\(cast)) OR contains(lower(\(text)), 'inf')) "
                    + "AND NOT contains(\(text), '_') THEN \(cast) END"
                : cast
        case .binary:
            return "CASE WHEN regexp_full_match(\(text), '([0-9a-fA-F]{2})*') "
                + "THEN unhex(\(text)) END"
        case .bigint, .int:
            return isGiven ? "CASE WHEN \(isInteger(text)) THEN \(cast) END" : cast
        case .decimal(_, let scale):
            return "CASE WHEN regexp_full_match(trim(\(text)), "
                + "'[-+]?[0-9]*([.][0-9]{0,\(scale)}0*)?') THEN \(cast) END"
        case .date:
            let plain =
                isGiven
                ? "CASE WHEN regexp_full_match(trim(\(text)), "
                    + "'[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,2}') THEN \(cast) END" : cast
            return first(times.dates(text) + [plain])
        case .timestamp:
            // Words such as `infinity` are no times in files. Names of zones must not reach the cast:
            // it reads what follows without an offset in the last zone that it was told.
            let plain =
                isGiven
                ? "CASE WHEN regexp_full_match(trim(\(text)), '\(givenTime)') "
                    + "THEN \(instant(text)) END" : instant(text)
            return first(times.instants(text) + [plain])
        }
    }

    /// The part of a value that it needs more than once; nil: none.
    static func sharedCast(_ text: String, as type: ColumnType, isGiven: Bool) -> String? {
        type == .double && isGiven ? "TRY_CAST(\(text) AS \(type.sqlName))" : nil
    }

    /// The date or time of a text in a column that must hold such, under the rules of given types.
    static func time(_ text: String, as type: ColumnType, times: TimeFormats) -> String {
        value(text, as: type, isGiven: true, times: times)
    }

    private static func first(_ values: [String]) -> String {
        values.count == 1 ? values[0] : "coalesce(\(values.joined(separator: ", ")))"
    }

    private static let givenTime =
        "[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,2}([ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]*)?)?"
        + "( ?(Z|UTC|[-+]([01][0-9]|2[0-3])(:?[0-5][0-9])?))?)?"

    /// An instant; DuckDB alone reads no offset behind a time without seconds.
    private static func instant(_ text: String) -> String {
        let withSeconds =
            "regexp_replace(\(text), '^(.*[0-9]:[0-9]{2})( ?[-+ZU].*)$', '\\1:00\\2')"
        return "coalesce(TRY_CAST(\(text) AS TIMESTAMPTZ), "
            + "TRY_CAST(\(withSeconds) AS TIMESTAMPTZ))"
    }

    /// Whether a text has no value: nothing, or only spaces where the type is no text.
    static func isBlank(_ text: String, as type: ColumnType) -> String {
        type == .string || type == .void
            ? "\(text) IS NULL" : "(\(text) IS NULL OR trim(\(text)) = '')"
    }

    private static func isInteger(_ text: String) -> String {
        "rtrim(trim(\(text)), '0123456789') IN ('', '-', '+')"
    }

    /// Whether a text that is not blank is, to `crawl`, a value of an inferred type.
    ///
    /// Stricter than reading it: nothing may change when the value is written again.
    static func looks(
        _ text: String,
        like type: ColumnType,
        times: TimeFormats
    ) -> String {
        switch type {
        case .boolean:
            "lower(\(text)) IN ('true', 'false')"
        case .bigint:
            "regexp_full_match(\(text), '-?[1-9][0-9]{0,18}|0') "
                + "AND TRY_CAST(\(text) AS BIGINT) IS NOT NULL"
        case .double:
            "regexp_full_match(\(text), '-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?') "
                + "AND length(\(digits(of: text))) <= 17 AND isfinite(TRY_CAST(\(text) AS DOUBLE)) "
                + "AND (TRY_CAST(\(text) AS DOUBLE) <> 0 OR \(digits(of: text)) = '')"
        case .date:
            any(
                times.dates(text).map { "\($0) IS NOT NULL" } + [
                    "regexp_full_match(\(text), '[0-9]{4}-[0-9]{2}-[0-9]{2}') "
                        + "AND TRY_CAST(\(text) AS DATE) IS NOT NULL"
                ]
            )
        case .timestamp:
            any(
                times.instants(text).map { "\($0) IS NOT NULL" } + [
                    "regexp_full_match(\(text), '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}"
                        + "(:[0-9]{2}([.][0-9]{1,6})?)?"
                        + "(Z|[-+]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?)?') "
                        + "AND \(instant(text)) IS NOT NULL"
                ]
            )
        default: "true"
        }
    }

    private static func any(_ conditions: [String]) -> String {
        conditions.count == 1
            ? conditions[0] : "(\(conditions.map { "(\($0))" }.joined(separator: " OR ")))"
    }

    /// The digits of a number without an exponent, from the first that is not 0.
    private static func digits(of text: String) -> String {
        "ltrim(translate(split_part(lower(\(text)), 'e', 1), '.-', ''), '0')"
    }

    /// Whether a text that looks like a bigint is beyond 2^53, where doubles are not exact.
    static func isWideInteger(_ text: String) -> String {
        "abs(TRY_CAST(\(text) AS HUGEINT)) > 9007199254740992"
    }
}
