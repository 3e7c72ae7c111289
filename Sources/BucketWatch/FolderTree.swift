/// Which folders are watched, by number and by path.
///
/// Keeps account only, asks no kernel.
struct FolderTree {
    private var paths: [Int32: FolderPath] = [:]
    private var numbers: [FolderPath: Int32] = [:]
    /// Folders for which there was no watch left.
    private(set) var unwatched: Set<FolderPath> = []

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
        unwatched.remove(path)
    }

    /// Notes that a folder cannot be watched.
    mutating func addUnwatched(_ path: FolderPath) { unwatched.insert(path) }

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
        unwatched.remove(path)
    }

    /// Takes out one folder; the answer is the number of its watch, if it has one.
    mutating func remove(_ path: FolderPath) -> Int32? {
        unwatched.remove(path)
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
        unwatched = unwatched.filter { !$0.isWithin(folder) }
        return Array(gone.keys)
    }
}
