import BucketWatch

/// Tells whether the settings are still those that were read.
struct ConfigStamp: Equatable, Sendable {
    /// Nil where there is no file.
    private let stamp: FileStamp?

    init(path: String) {
        var stamp = FileStamp(path: path)
        // Links to it and its permissions change nothing.
        stamp?.changed = 0
        self.stamp = stamp
    }
}
