import HandlerRuntime
import RecordSplit

/// Cuts a text into chunks at the borders of its records.
protocol Splitter {
    /// The physical line behind what was taken so far, from 1.
    var line: Int { get }

    /// Takes the next piece of the text.
    mutating func take(_ bytes: UnsafeRawBufferPointer, into chunks: ChunkFolder) throws

    /// Completes the last chunk.
    mutating func finish(into chunks: ChunkFolder) throws
}

extension TextFormat {
    /// What splits text of this format; `first` is its first piece, the only one if `isWhole`.
    func splitter(
        first: UnsafeRawBufferPointer,
        isWhole: Bool,
        of name: String
    ) throws(HandlerError) -> any Splitter {
        switch self {
        case .csv(let csv): try LineSplitter(csv, first: first, isWhole: isWhole, of: name)
        case .jsonLines: LineSplitter()
        case .json(let form): ElementSplitter(form, of: name)
        }
    }
}
