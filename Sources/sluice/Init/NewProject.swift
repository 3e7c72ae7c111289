import Buckets

/// A folder that is to become a project.
struct NewProject {
    private let path: String
    private let isNew: Bool

    /// Takes a folder that is empty or not there yet.
    ///
    /// - Throws: `CommandFailure` for another one.
    init(at path: String) throws {
        self.path = path
        isNew = FilePath.canonical(path) == nil
        guard try isNew || FilePath.names(in: path).isEmpty else {
            throw CommandFailure.usage("\(path) is not empty; name a new folder")
        }
    }

    /// Makes the folder and its buckets; `body` puts the rest there.
    ///
    /// What was made is removed again when it fails.
    func fill(_ body: (String) throws -> [String]) throws -> [String] {
        do {
            try FilePath.makeFolder(path + "/buckets/stage-1")
            return try body(path)
        } catch {
            if isNew {
                try? FilePath.removeTree(path)
            } else {
                for name in (try? FilePath.names(in: path)) ?? [] {
                    try? FilePath.removeTree("\(path)/\(name)")
                }
            }
            throw error
        }
    }
}
