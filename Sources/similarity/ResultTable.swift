import DeltaTable

/// The lake tables that results are in, in the order in which they are committed.
enum ResultTable: String, CaseIterable {
    /// Each distinct set of intervals or dimensions that some pair was compared in.
    case comparedSets = "compared_sets"
    /// The distance of each pair in each interval; only where settings ask for it.
    case distancesOverTime = "distances_over_time"
    /// A row for each ordered pair; its commit says that an indicator's results are current.
    case weightedDistances = "weighted_distances"

    /// The columns in order; `indicator_id` parts the table and is not in its files.
    var schema: DeltaSchema {
        func texts(_ names: String...) -> [DeltaField] {
            names.map { DeltaField(name: $0, type: .string) }
        }
        func numbers(_ names: String..., type: DeltaType) -> [DeltaField] {
            names.map { DeltaField(name: $0, type: type) }
        }
        switch self {
        case .comparedSets:
            let members = DeltaType.array(of: .string, containsNull: true)
            return DeltaSchema(
                texts("indicator_id") + numbers("set_id", type: .long)
                    + [DeltaField(name: "members", type: members)]
            )
        case .distancesOverTime:
            return DeltaSchema(
                texts("indicator_id", "locale", "comp_locale", "interval")
                    + numbers("distance", type: .double)
            )
        case .weightedDistances:
            return DeltaSchema(
                texts("indicator_id", "locale", "comp_locale")
                    + numbers(
                        "correlation",
                        "adjusted_correlation",
                        "distance",
                        "weighted_distance",
                        type: .double
                    )
                    + numbers("n_intervals", "n_dimensions", type: .integer)
                    + numbers("intervals_set", "dimensions_set", type: .long)
            )
        }
    }
}
