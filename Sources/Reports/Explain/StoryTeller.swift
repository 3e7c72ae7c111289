import BucketWatch
public import Buckets
public import Events
public import FunctionConfig
public import Ledger
public import TableFacts

/// Gathers everything that is known of an object: from ledger and folders itself, of lake and
/// warehouse through whoever can read them.
public struct StoryTeller: Sendable {
    /// What others know.
    public struct Sources: Sendable {
        /// The ledger; nil when there is none.
        public var ledger: Ledger?
        /// The `sluice up` that runs.
        public var daemon: DaemonStory?
        /// Asks for what lake and warehouse know of an object of a table; throws a message for the
        /// reader when nobody can tell.
        public var tables: @Sendable (ObjectKey, String) async throws -> TableFacts

        /// Puts sources together.
        public init(
            ledger: Ledger?,
            daemon: DaemonStory?,
            tables: @escaping @Sendable (ObjectKey, String) async throws -> TableFacts
        ) {
            self.ledger = ledger
            self.daemon = daemon
            self.tables = tables
        }
    }

    let config: FunctionConfig
    let buckets: BucketsFolder
    let sources: Sources
    /// Whether older versions are told in full, too.
    let tellsAll: Bool
    /// Microseconds since 1970.
    let now: Int64

    /// Prepares to tell.
    public init(
        config: FunctionConfig,
        buckets: BucketsFolder,
        sources: Sources,
        tellsAll: Bool,
        at now: Int64
    ) {
        self.config = config
        self.buckets = buckets
        self.sources = sources
        self.tellsAll = tellsAll
        self.now = now
    }

    /// Tells the story of an object, whether or not there is one.
    ///
    /// - Throws: `LedgerError` when the ledger cannot be read.
    public func story(of key: ObjectKey) async throws -> ObjectStory {
        let place = BucketPlace(key, in: buckets)
        var story = opening(key, place)
        story.pauses = try await sources.ledger?.pauses().map(PauseStory.init) ?? []
        if sources.ledger == nil {
            story.notes.append("there is no ledger: what ran and when is not known")
        }
        switch place {
        case .version(let source, let sequencer):
            story.about =
                "It is of version \(sequencer) of \(source); this is that version's story."
            try await tellVersions(of: source, only: sequencer, &story)
        case .quarantine(let source, let name):
            story.quarantine = try? QuarantineStory(
                path: buckets.path(of: key),
                function: name.function,
                in: buckets
            )
            story.about =
                "Records of version \(name.sequencer)"
                + (source.map { " of \($0)" } ?? "") + " that \(name.function) found to be no rows."
            if let source { try await tellVersions(of: source, only: name.sequencer, &story) }
        case .commit(let table):
            story.table = table
            await ask(key, &story)
            try await tellVersions(of: key, only: nil, &story)
        case .dataFile(let table):
            story.table = table
            story.about = "A data file of the lake table \(table)."
            await ask(key, &story)
        case .catalogEntry(let table):
            story.table = table
            story.about =
                "The catalog's entry of table \(table): its columns and their history. Only `crawl` "
                + "writes it."
        case .result(let indicator):
            story.about = "What `similarity` found for indicator \(indicator)."
        case .object:
            try await tellVersions(of: key, only: nil, &story)
        }
        StoryConclusion(config: config, now: now).conclude(&story)
        if !story.isKnown { story.suggestions = try await suggestions(for: key) }
        return story
    }

    // MARK: - The object itself

    private func opening(_ key: ObjectKey, _ place: BucketPlace) -> ObjectStory {
        let claimed = config.tableMatching(key)
        var story = ObjectStory(
            object: key.description,
            kind: place.kind(of: key),
            table: config.table(of: key),
            tableReason: claimed.map { "by `match` of tables.\($0.name)" }
                ?? (key.key.contains("/")
                    ? "by the first folder of the key" : "by the name up to its first dot")
        )
        story.daemon = sources.daemon
        story.file = FileStory(key, in: buckets)
        if let stamp = FileStamp(path: buckets.path(of: key)) {
            let hold = HeldStory.hold(on: key, stamp, config, buckets, at: now * 1000)
            story.file?.hold = hold.map { HeldStory(key, $0) }
        }
        story.exclusion = exclusion(of: key, story.file)
        let event = DeliveryEvent.created.rawValue
        story.triggers = config.verdicts(on: key, eventName: event).map { verdict in
            TriggerStory(
                id: verdict.trigger.id,
                function: verdict.trigger.function,
                matches: verdict.mismatch == nil,
                why: verdict.mismatch?.description,
                bucket: verdict.trigger.bucket
            )
        }
        return story
    }

    private func exclusion(of key: ObjectKey, _ file: FileStory?) -> String? {
        if let refusal = ObjectRules.refusal(ofName: Array(key.key.utf8)) {
            return refusal.rawValue
        }
        // What the caller wrote was not UTF-8.
        if key.key.contains("\u{FFFD}") { return ObjectRules.Refusal.notUTF8.rawValue }
        if let exclusion = ObjectRules.exclusion(of: key) { return exclusion.description }
        guard let file, file.kind != FileStory.regular else { return nil }
        return "it is a \(file.kind); only regular files are objects"
    }

    // MARK: - Its versions

    private func tellVersions(
        of source: ObjectKey,
        only: Sequencer?,
        _ story: inout ObjectStory
    ) async throws {
        let removals = try await sources.ledger?.removals(of: source) ?? []
        // What was told of a removal stands with the version before it.
        let detailed = tellsAll || only != nil ? nil : removals.isEmpty ? 1 : 2
        let recorded = try await sources.ledger?.story(of: source, detailed: detailed) ?? []
        var versions = VersionBuilder(buckets: buckets).versions(recorded, removals, of: source)
        if let only { versions.removeAll { $0.sequencer != only } }
        let table = versions.first?.table ?? config.table(of: source)
        if story.commit == nil, story.dataFile == nil, source.bucket != "lake" {
            do {
                let facts = try await sources.tables(source, table)
                for index in versions.indices { versions[index].add(facts.rows) }
                for index in versions.indices.dropFirst() {
                    versions[index].replacedBy = Self.successor(of: index, in: versions)
                }
            } catch {
                story.notes.append("lake and warehouse could not be asked: \(error)")
            }
        }
        for index in versions.indices where tellsAll || index == 0 {
            versions[index].quarantine = quarantine(of: versions[index], source)
            for step in versions[index].steps.indices {
                try await complete(&versions[index].steps[step], versions[index].sequencer)
            }
        }
        for index in versions.indices {
            versions[index].writtenBy = try await origin(
                of: recorded.first { $0.version.sequencer == versions[index].sequencer }
            )
        }
        story.versions = versions
        if story.kind == .object {
            story.file?.digest(source, in: buckets, unless: recorded.map(\.identity).first)
        }
    }

    /// The next version whose rows took the place of those of another.
    private static func successor(of index: Int, in versions: [VersionStory]) -> Sequencer? {
        versions[..<index].last { $0.lake?.isAccepted == true || $0.warehouse?.status == "loaded" }?
            .sequencer
    }

    private func ask(_ key: ObjectKey, _ story: inout ObjectStory) async {
        do {
            let facts = try await sources.tables(key, story.table)
            story.commit = facts.commit
            story.dataFile = facts.file
            if story.file == nil, facts.commit?.added == 0, facts.commit?.sources.isEmpty == true {
                story.commit = nil
            }
            if story.file == nil, facts.file?.addedIn == nil { story.dataFile = nil }
        } catch {
            story.notes.append("the lake could not be asked: \(error)")
        }
    }

    /// Adds what is told only of versions in detail.
    private func complete(_ step: inout StepStory, _ version: Sequencer) async throws {
        if step.state == .queued, let ledger = sources.ledger {
            step.queuedBefore = try await ledger.queued(ofFunction: step.function, before: version)
        }
        for index in step.runs.indices where step.runs[index].isFailed {
            step.runs[index].logTail = LogText.tail(of: step.runs[index].log)
        }
    }

    private func quarantine(of version: VersionStory, _ source: ObjectKey) -> [QuarantineStory] {
        let folder =
            buckets.path(ofBucket: "quarantine")
            + "/\(version.table)/\(Manifest.rest(ofKey: source.key))"
        return ((try? FilePath.names(in: folder)) ?? []).compactMap { file in
            guard let name = QuarantineName(file), name.sequencer == version.sequencer else {
                return nil
            }
            return try? QuarantineStory(
                path: folder + "/" + file,
                function: name.function,
                in: buckets
            )
        }
    }

    private func origin(of version: RecordedVersion?) async throws -> OriginStory? {
        guard let requestID = version?.causedBy, let ledger = sources.ledger,
            let run = try await ledger.run(requestID)
        else { return nil }
        let objects = try await ledger.objects(ofRun: requestID).map(\.source)
        return OriginStory(
            requestID: requestID,
            function: run.function,
            objects: Array(objects.prefix(10)),
            count: objects.count
        )
    }

    // MARK: - What the reader may have meant

    private func suggestions(for key: ObjectKey) async throws -> [String] {
        var known = try await sources.ledger?.keys(limit: 200_000) ?? []
        if known.isEmpty {
            known = BucketPlace.keys(in: buckets.path(ofBucket: key.bucket), bucket: key.bucket)
        }
        return NearKeys(known).nearest(to: key).map(\.description)
    }
}

extension Trigger {
    /// The bucket whose objects it waits for.
    fileprivate var bucket: String? {
        guard case .bucket(let source) = source else { return nil }
        return source.bucket
    }
}
