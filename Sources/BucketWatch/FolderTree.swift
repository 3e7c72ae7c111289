/// Which folders are watched, by number and by path.
///
/// Keeps account only, asks no kernel.
struct FolderTree {
    private var paths: [Int32: FolderPath] = [:]
    private var numbers: [FolderPath: Int32] = [:]
    /// Folders that are scanned at intervals, watched or not.
    private(set) var scanned: [FolderPath: ScanCause] = [:]

    /// Why a folder is scanned at intervals.
    enum ScanCause: Equatable {
        /// There was no watch left for it.
        case limit
        /// It is on a file system, of that name, that does not tell of every change.
        case silent(String)
    }

    /// The number of watched folders.
    var count: Int { paths.count }

    /// The folder of a watch; nil when the watch has ended.
    func path(of number: Int32) -> FolderPath? { paths[number] }

    /// Whether the folder at that path is watched.
    func isWatched(_ path: FolderPath) -> Bool { numbers[path] != nil }

    /// Notes that a folder is watched under that number, and no longer under another path.
    mutating func add(_ path: FolderPath, number: Int32) {
        if let former = paths[number], former != path, numbers[former] == number {
            numbers[former] = nil
        }
        paths[number] = path
        numbers[path] = number
    }

    /// Notes that a folder is to be scanned at intervals, or no longer.
    mutating func scan(_ path: FolderPath, because cause: ScanCause?) { scanned[path] = cause }

    /// The name of the file system that keeps changes in a folder to itself; nil for others.
    func silentSystem(of path: FolderPath) -> String? {
        guard case .silent(let name) = scanned[path] else { return nil }
        return name
    }

    /// Notes that the kernel ended a watch.
    ///
    /// Returns the folder it was for.
    mutating func end(_ number: Int32) -> FolderPath? {
        guard let path = paths.removeValue(forKey: number) else { return nil }
        if numbers[path] == number { numbers[path] = nil }
        return path
    }

    /// Notes that another folder may be at that path from now on.
    ///
    /// The watch itself stays: it may be the new folder's already.
    mutating func forget(_ path: FolderPath) {
        numbers[path] = nil
        scanned[path] = nil
    }

    /// Takes out one folder; the answer is the number of its watch, if it has one.
    mutating func remove(_ path: FolderPath) -> Int32? {
        scanned[path] = nil
        guard let number = numbers.removeValue(forKey: path) else { return nil }
        paths[number] = nil
        return number
    }

    /// Takes out a folder and all below it.
    ///
    /// Returns the numbers of their watches.
    mutating func removeAll(within folder: FolderPath) -> [Int32] {
        let gone = paths.filter { $0.value.isWithin(folder) }
        for (number, path) in gone {
            paths[number] = nil
            numbers[path] = nil
        }
        scanned = scanned.filter { !$0.key.isWithin(folder) }
        return Array(gone.keys)
    }
}
