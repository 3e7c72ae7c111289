extension FunctionConfig {
    /// Handlers of Sluice's own that have other programs copy.
    static let copyingHandlers = ["sync", "publish"]

    private static let ownBuckets = ["stage-2", "catalog", "lake", "quarantine"]

    /// Reads `from`, `to` and `options` of a function that copies; nil where they name nothing.
    static func readCopy(
        _ direction: FolderCopy.Direction,
        _ reader: SettingsReader,
        folder home: String,
        bucketsFolder: String
    ) -> FolderCopy? {
        let (outside, inside) = direction == .sync ? ("from", "to") : ("to", "from")
        let options = reader.strings("options") ?? []
        let place = readPlace(outside, reader, home: home)
        let folder = reader.string(inside)
        if folder == nil, !reader.problems(with: inside) {
            reader.add(inside, "it is missing", "name a bucket, or a folder of it: bucket/folder")
        }
        guard let place, let folder else { return nil }
        checkFolder(folder, inside, direction, reader)
        let copy = FolderCopy(
            direction: direction,
            place: place,
            folder: folder,
            options: options
        )
        checkOptions(copy, reader)
        if case .folder(let path) = place {
            let buckets = FolderCopy.Place.plain(bucketsFolder)
            let isAbove = direction == .sync && holds(path, buckets)
            if holds(buckets, path) || isAbove {
                reader.add(
                    outside,
                    "\(path) and the folder of buckets \(buckets) lie within each other",
                    "name a folder apart from the buckets"
                )
            }
        }
        return copy
    }

    /// What functions that copy would do to each other.
    func checkCopies(_ add: (String, String, String) -> Void) {
        let copies = functions.compactMap { function in function.copy.map { (function, $0) } }
        for (publisher, published) in copies where published.direction == .publish {
            for (fetcher, fetched) in copies where fetched.direction == .sync {
                guard Self.holds(fetched.place.description, published.place.description) else {
                    continue
                }
                add(
                    "functions.\(publisher.name).to",
                    "`\(fetcher.name)` would fetch again what is published there",
                    "publish to a place outside \(fetched.place)"
                )
            }
        }
    }

    private static func readPlace(
        _ name: String,
        _ reader: SettingsReader,
        home: String
    ) -> FolderCopy.Place? {
        guard let text = reader.string(name) else {
            if !reader.problems(with: name) {
                reader.add(
                    name,
                    "it is missing",
                    "name a place, such as s3://bucket/prefix, rclone:remote:path or a path"
                )
            }
            return nil
        }
        do {
            return try FolderCopy.Place(text, home: home)
        } catch {
            reader.add(name, error.problem, error.remedy)
            return nil
        }
    }

    private static func checkFolder(
        _ folder: String,
        _ name: String,
        _ direction: FolderCopy.Direction,
        _ reader: SettingsReader
    ) {
        let parts = folder.split(separator: "/", omittingEmptySubsequences: false)
        let hasControl = folder.unicodeScalars.contains {
            $0.properties.generalCategory == .control
        }
        if hasControl || parts.contains(where: { $0.isEmpty || $0.hasPrefix(".") }) {
            reader.add(
                name,
                "`\(folder)` is not a bucket or a folder in one",
                "write bucket or bucket/folder, without a slash at either end, and no . or .."
            )
        } else if direction == .sync, ownBuckets.contains(String(parts[0])) {
            reader.add(
                name,
                "only Sluice writes into \(parts[0])",
                "use stage-1, or a bucket of your own"
            )
        }
    }

    /// Refuses options that let an unfinished file be seen under its final name.
    private static func checkOptions(_ copy: FolderCopy, _ reader: SettingsReader) {
        let unsafe: [String]
        var flags: [Character] = []
        switch copy.place.program {
        case "rsync":
            unsafe = [
                "--inplace", "--append", "--append-verify", "--partial", "--temp-dir",
                "--write-devices",
            ]
            flags = ["P", "T"]
        case "rclone": unsafe = ["--inplace", "--compare-dest", "--copy-dest", "--dump"]
        default: unsafe = ["--debug"]
        }
        for option in copy.options {
            let word = String(option.prefix { $0 != "=" })
            let isCluster = option.hasPrefix("-") && !option.hasPrefix("--")
            guard unsafe.contains(word) || isCluster && flags.contains(where: option.contains)
            else { continue }
            reader.add(
                "options",
                "`\(word)` would leave unfinished files under their names, or show secrets",
                "remove it"
            )
        }
    }

    /// Whether a place is another one or lies in it, as far as their text tells.
    private static func holds(_ outer: String, _ inner: String) -> Bool {
        let closed = { (text: String) in text.hasSuffix("/") ? text : text + "/" }
        return closed(inner).hasPrefix(closed(outer))
    }
}
