import Buckets
import Events
import FunctionConfig

// Bad rows lie in quarantine, as many as the table's history says, and no others.
extension Verdict {
    /// The bad rows of a version, counted in the file of a function of that store.
    func quarantined(
        _ load: TableContent.Load,
        of table: String,
        _ store: Finding.Store
    ) -> Int64 {
        let files = quarantines[place(of: load.name, in: table)] ?? []
        let own = wiring.functions(for: store)
        if let file = files.first(where: { own.contains($0.function) }) { return file.rows }
        // A function that had another name then left a file of that name.
        let known = Set(inventory.config.functions.map(\.name))
        let others = files.filter { !known.contains($0.function) }
        return others.first { $0.rows == load.rejected }?.rows ?? 0
    }

    mutating func reportQuarantine(
        _ name: VersionName,
        _ table: String,
        _ store: Finding.Store,
        _ expected: Int64
    ) {
        let files = quarantines[place(of: name, in: table)] ?? []
        let own = wiring.functions(for: store)
        let file = files.first { own.contains($0.function) }
        let function = wiring.function(store == .lake ? "convert" : "load")
        let place = place(of: name, in: table)
        let key = file?.key ?? "\(place.folder)/\(name.digits).\(function).jsonl"
        let twin = files.first { !own.contains($0.function) && $0.rows == expected }
        find(
            file == nil ? .missingQuarantine : .quarantineDiffers,
            .quarantine,
            table: table,
            name,
            file: "quarantine/\(key)",
            expected: counted(expected, "bad row"),
            found: file.map { counted($0.rows, "bad row") } ?? "no file",
            remedy: twin.map { twin in
                "both functions reject the same rows, so copy the other one's: `cp "
                    + "\(remedies.path("quarantine/\(twin.key)")) "
                    + "\(remedies.path("quarantine/\(key)"))`"
            }
                ?? reload(name, of: table, store)
        )
    }

    /// Finds files of versions that have left the table, or that nobody knows.
    ///
    /// Those of refused versions stay for their owners to look at.
    mutating func judgeQuarantines() {
        let known = knownPlaces
        for file in inventory.folders.quarantines {
            let place = QuarantinePlace(folder: file.folder, sequencer: file.sequencer.column)
            let table = String(file.folder.prefix { $0 != "/" })
            guard let name = known[place] else {
                guard !inventory.ledger.movingTables.contains(table) else { continue }
                report(file, table, nil, "a version that somebody knows")
                continue
            }
            guard !isMoving(name.source), !isMixed(table) else { continue }
            for store in [Finding.Store.lake, .warehouse]
            where wiring.functions(for: store).contains(file.function) {
                let content = content(of: table, in: store)
                if isEnded(name, content) {
                    report(file, table, name, "none, since the file was taken out")
                    continue
                }
                guard let content, content.loads.contains(where: { $0.name == name }),
                    !contributors(of: table, in: store).contains(name)
                else { continue }
                report(file, table, name, "none, since a newer version is in the table")
            }
        }
    }

    private mutating func report(
        _ file: FolderFacts.QuarantineFile,
        _ table: String,
        _ name: VersionName?,
        _ expected: String
    ) {
        find(
            .orphanedQuarantine,
            .quarantine,
            table: table,
            name,
            file: "quarantine/\(file.key)",
            expected: expected,
            found: counted(file.rows, "bad row"),
            remedy: remedies.remove("quarantine/\(file.key)")
        )
    }

    func content(of table: String, in store: Finding.Store) -> TableContent? {
        store == .lake
            ? inventory.lake[table]?.content
            : inventory.warehouse.tables.first { $0.table == table }?.content
    }

    func place(of name: VersionName, in table: String) -> QuarantinePlace {
        let key = ObjectKey(name.source)?.key ?? name.source
        return QuarantinePlace(
            folder: "\(table)/\(Manifest.rest(ofKey: key))",
            sequencer: name.sequencer
        )
    }

    /// Every version that anybody knows, by the place of its bad rows.
    private var knownPlaces: [QuarantinePlace: VersionName] {
        var places: [QuarantinePlace: VersionName] = [:]
        for (name, manifest) in staged {
            places[place(of: name, in: manifest.manifest.table)] = name
        }
        for (name, object) in inventory.ledger.manifests {
            places[place(of: name, in: object.table)] = name
        }
        for lake in inventory.lake.values {
            for load in lake.content.loads {
                places[place(of: load.name, in: lake.table)] = load.name
            }
        }
        for warehouse in inventory.warehouse.tables {
            for load in warehouse.content.loads {
                places[place(of: load.name, in: warehouse.table)] = load.name
            }
        }
        return places
    }
}
