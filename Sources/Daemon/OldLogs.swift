import Buckets
import Events
import Glibc

/// The logs of runs that are forgotten.
struct OldLogs: Sendable {
    /// The folder of all logs.
    let folder: String
    /// Logs that were written last before go, in microseconds since 1970.
    let cutoff: Int64
    /// The request ids of runs whose logs stay.
    let kept: Set<String>

    /// Removes them, and folders of days in which none is left, but for the present day's.
    ///
    /// What cannot be removed stays for the next time.
    func remove(at now: Int64) {
        let today = UTCTime.iso8601(microseconds: now).prefix(10).replacing("-", with: "/")
        let last = UTCTime.iso8601(microseconds: cutoff).prefix(10).replacing("-", with: "/")
        for function in names("") {
            for year in names(function) {
                for month in names("\(function)/\(year)") {
                    for day in names("\(function)/\(year)/\(month)") {
                        let date = "\(year)/\(month)/\(day)"
                        // A log is in the folder of the day on which its run began.
                        guard date <= last else { continue }
                        removeLogs(in: "\(function)/\(date)", keepsFolder: date >= today)
                    }
                    removeFolder(
                        "\(function)/\(year)/\(month)",
                        unless: today.hasPrefix("\(year)/\(month)")
                    )
                }
                removeFolder("\(function)/\(year)", unless: today.hasPrefix(year))
            }
        }
    }

    private func names(_ path: String) -> [String] {
        (try? FilePath.names(in: folder + "/" + path)) ?? []
    }

    private func removeLogs(in path: String, keepsFolder: Bool) {
        for name in names(path) where name.hasSuffix(".log") {
            let file = "\(folder)/\(path)/\(name)"
            var status = stat()
            guard !kept.contains(String(name.dropLast(4))), lstat(file, &status) == 0,
                Int64(status.st_mtim.tv_sec) * 1_000_000 < cutoff
            else { continue }
            unlink(file)
        }
        removeFolder(path, unless: keepsFolder)
    }

    private func removeFolder(_ path: String, unless isKept: Bool) {
        // Only an empty one goes.
        if !isKept { rmdir(folder + "/" + path) }
    }
}
