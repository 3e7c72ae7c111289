import CInotifyTools
import Glibc

extension BucketWatch {
    /// What to tell where the kernel's queue ran over.
    public static var overflowNotice: String {
        "notifications were lost, because more happened than the kernel's queue holds; the buckets "
            + "are scanned, and nothing is lost; raise fs.inotify.max_queued_events, "
            + WatchLoop.remedy(
                "max_queued_events",
                now: WatchLoop.limit("max_queued_events"),
                131_072
            )
    }
}

extension WatchLoop {
    /// Tells what keeps changes from being noticed at once, if that is not what was told last.
    func tellNotices() {
        noticesMayDiffer = false
        let notices = notices()
        guard notices != toldNotices else { return }
        toldNotices = notices
        flush()
        channel.send(.notices(notices))
    }

    private func notices() -> [String] {
        let pause = "every \(pace.rescan / 1000) s"
        var notices: [String] = []
        if notifier is NoNotifier {
            notices.append(
                "there is no inotify instance left for this user: every folder is scanned \(pause); "
                    + "raise fs.inotify.max_user_instances, "
                    + Self.remedy("max_user_instances", now: Self.limit("max_user_instances"), 512)
            )
        } else if tree.scanned.values.contains(.limit) {
            let now = "\(inotifytools_get_max_user_watches())"
            notices.append(
                "the limit of watched folders is reached: those beyond it are scanned \(pause); "
                    + "raise fs.inotify.max_user_watches, "
                    + Self.remedy("max_user_watches", now: now, 1_048_576)
            )
        }
        if !pace.trustsNotifications {
            notices.append("`notifications` is false: every folder is scanned \(pause)")
            return notices
        }
        for (folder, name) in silentFolders.prefix(10) {
            let place = folder == .root ? "the buckets folder" : folder.text.text
            notices.append(
                "\(place) is on \(name), which does not tell of everything that is written there: "
                    + "it is scanned \(pause)"
            )
        }
        return notices
    }

    /// The uppermost folders on each file system that keeps changes to itself.
    private var silentFolders: [(FolderPath, String)] {
        tree.scanned.keys.compactMap { folder in
            guard let name = tree.silentSystem(of: folder),
                folder == .root || tree.silentSystem(of: folder.parent) != name
            else { return nil }
            return (folder, name)
        }.sorted { $0.0.text < $1.0.text }
    }

    static func remedy(_ name: String, now: String, _ value: Int) -> String {
        "now \(now), for example with: sysctl fs.inotify.\(name)=\(value)"
    }

    /// The value of a limit of inotify.
    static func limit(_ name: String) -> String {
        guard let file = fopen("/proc/sys/fs/inotify/\(name)", "r") else { return "unknown" }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 32)
        guard fgets(&line, 32, file) != nil else { return "unknown" }
        return String(line.prefix { $0 > 32 }.map { Character(Unicode.Scalar(UInt8($0))) })
    }
}
