import DeltaTable
import Synchronization

/// A file system whose changes fail after a number of healthy ones; reading never fails.
///
/// A failing write leaves half of its bytes, as a full disk does.
final class FailingStore: LogStore {
    private let store: any LogStore = LocalLogStore()
    private let healthyCalls: Int
    private let counter = Mutex(0)

    init(healthyCalls: Int) { self.healthyCalls = healthyCalls }

    var calls: Int { counter.withLock { $0 } }

    private func isHealthy() -> Bool {
        counter.withLock { count in
            count += 1
            return count <= healthyCalls
        }
    }

    private func check(_ step: String) throws(DeltaError) {
        guard isHealthy() else { throw DeltaError(.storage, step: step, detail: "failing") }
    }

    func names(in folder: String) throws(DeltaError) -> [String]? { try store.names(in: folder) }

    func read(_ path: String) throws(DeltaError) -> [UInt8]? { try store.read(path) }

    func modificationTime(of path: String) throws(DeltaError) -> Int64? {
        try store.modificationTime(of: path)
    }

    func makeFolder(_ path: String) throws(DeltaError) {
        try check("make folder")
        try store.makeFolder(path)
    }

    func write(_ bytes: [UInt8], to path: String) throws(DeltaError) {
        guard isHealthy() else {
            try store.write(Array(bytes.prefix(bytes.count / 2)), to: path)
            throw DeltaError(.storage, step: "write", detail: "failing")
        }
        try store.write(bytes, to: path)
    }

    func sync(_ path: String) throws(DeltaError) {
        try check("sync")
        try store.sync(path)
    }

    func linkIfAbsent(_ path: String, as name: String) throws(DeltaError) -> Bool {
        try check("link")
        return try store.linkIfAbsent(path, as: name)
    }

    func replace(_ name: String, with path: String) throws(DeltaError) {
        try check("replace")
        try store.replace(name, with: path)
    }

    func remove(_ path: String) {
        if isHealthy() { store.remove(path) }
    }
}
