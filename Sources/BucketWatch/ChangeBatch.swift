import Events

/// Changes that go out together: of each key the last one, in the order of those last ones.
struct ChangeBatch {
    private var changes: [ObjectChange?] = []
    private var places: [ExactText: Int] = [:]

    /// The number of keys.
    var count: Int { places.count }

    /// Adds a change in place of an earlier one of the same key.
    mutating func append(_ change: ObjectChange) {
        if let earlier = places.updateValue(
            changes.count,
            forKey: ExactText(change.key.description)
        ) {
            changes[earlier] = nil
        }
        changes.append(change)
    }

    /// Takes all changes out.
    mutating func take() -> [ObjectChange] {
        defer { self = ChangeBatch() }
        return changes.compactMap(\.self)
    }
}
