/// Why lake tables cannot be read as a query asks for, in words for its author.
public struct LakeQueryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong and what there is instead.
    public let description: String

    /// An error in these words.
    public init(_ description: String) { self.description = description }
}
