import FoundationEssentials

extension DeltaLog {
    /// The versions that can be read: those whose commits, or a checkpoint and the commits after
    /// it, are there; `nil` when the folder holds no Delta table.
    ///
    /// Data files of older versions may be gone all the same.
    ///
    /// - Throws: `DeltaError` with code `storage`.
    public func readableVersions() throws(DeltaError) -> ClosedRange<Int64>? {
        let listing = try listing()
        guard let newest = listing.newest else { return nil }
        let commits = Set(listing.commits)
        // From `first` on there is every commit.
        var first = newest + 1
        while commits.contains(first - 1) { first -= 1 }
        if first == 0 { return 0...newest }
        let oldest = listing.checkpoints.filter { $0 >= first - 1 }.min()
        return (oldest ?? newest)...newest
    }

    /// When a version was committed, in milliseconds since 1970.
    ///
    /// It is what the commit says of itself, which copying the table does not change, or else the
    /// time of its file.
    ///
    /// - Returns: `nil` when the commit's file is gone.
    /// - Throws: `DeltaError` with code `storage`.
    public func commitTime(of version: Int64) throws(DeltaError) -> Int64? {
        let path = path(version, "json")
        guard let bytes = try store.read(path) else { return nil }
        let mark = Array(#"{"commitInfo""#.utf8)
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.starts(with: mark) {
            let action = try? JSONDecoder().decode(DeltaAction.self, from: Data(line))
            if case .commitInfo(let info) = action, let time = info.timestamp { return time }
        }
        return try store.modificationTime(of: path)
    }

    /// The newest version that was committed at or before a time.
    ///
    /// - Parameter milliseconds: The time, since 1970.
    /// - Returns: `nil` when there is none that can be read.
    /// - Throws: `DeltaError` with code `storage`.
    public func newestVersion(notAfter milliseconds: Int64) throws(DeltaError) -> Int64? {
        guard let versions = try readableVersions() else { return nil }
        for version in versions.reversed() {
            if let time = try commitTime(of: version), time <= milliseconds { return version }
        }
        return nil
    }
}
