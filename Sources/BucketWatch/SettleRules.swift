public import Events

/// When a file that nobody has open any more is taken as an object.
public struct SettleRules: Sendable, Hashable {
    /// How long it must not have changed, in nanoseconds; 0 does not ask.
    public var quiet: Int64
    /// The markers that must be there, all of them.
    public var markers: [MarkerName]

    /// Takes every file at once.
    public static let none = SettleRules()

    /// Puts rules together.
    public init(quiet: Int64 = 0, markers: [MarkerName] = []) {
        self.quiet = quiet
        self.markers = markers
    }
}
