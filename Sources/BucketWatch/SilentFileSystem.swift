import CLinuxCalls

/// A file system that raises no notifications for what other machines, or the host of a container,
/// write to it.
enum SilentFileSystem {
    /// Its name, for a reader; nil for a path on another file system, or one that is not there.
    ///
    /// Numbers from `statfs(2)` and the kernel's `magic.h`.
    static func name(at path: String) -> String? {
        var facts = statfs()
        guard statfs(path, &facts) == 0 else { return nil }
        return names[UInt32(truncatingIfNeeded: facts.f_type)]
    }

    /// Whether a lease tells who has a file open: not where it is refused for other reasons as well.
    static func hasLeases(_ name: String) -> Bool { name == "FUSE" || name == "9P" }

    private static let names: [UInt32: String] = [
        0x6969: "NFS",
        0x517b: "SMB",
        0xff53_4d42: "SMB",
        0xfe53_4d42: "SMB",
        0x6573_5546: "FUSE",
        0x0102_1997: "9P",
        0x5346_414f: "AFS",
        0x6b41_4653: "AFS",
        0x00c3_6400: "Ceph",
        0x7375_7245: "Coda",
        0x564c: "NCP",
        0x4750_4653: "GPFS",
        0x0bd0_0bd0: "Lustre",
        0x7461_636f: "OCFS2",
        0x0116_1970: "GFS2",
        0x786f_4256: "VirtualBox",
        0xbacb_acbc: "VMware",
        0x7c7c_6673: "Parallels",
        0x1983_0326: "BeeGFS",
        0xaad7_aaea: "PanFS",
    ]
}
