import Buckets
import DuckDB
import Events
import Glibc

/// Tells which versions a strict reader reads as `split` did.
struct ChunkCounter {
    let buckets: BucketsFolder
    /// How a version's text becomes columns.
    let plan: (Manifest) -> ColumnPlan
    /// Columns whose values are counted, and SQL of those that the plan has not.
    var partitionColumns: [String] = []
    var computedValues: [String] = []

    /// What reading a version showed.
    struct Finding {
        /// False: some record is no row, or the strict reader sees other records than `split` did.
        var isGood: Bool
        /// About how many partitions its rows belong to; nil where none were counted.
        var partitions: Int?
    }

    /// The text relation over a version's chunks as they are.
    func wholeChunks(_ manifest: Manifest) -> String {
        guard !manifest.chunks.isEmpty else { return ChunkText.empty(manifest.format) }
        return ChunkText.relation(paths(manifest), format: manifest.format)
    }

    func paths(_ manifest: Manifest) -> [String] {
        manifest.chunks.map { buckets.path(of: ObjectKey(bucket: "stage-2", key: $0.key)) }
    }

    /// Reads versions that are written alike in one query, and tells which are good to the last row.
    ///
    /// A version is missing in the answer when the query did not get through.
    func countWholeGroups(
        _ manifests: [Manifest],
        on connection: borrowing Connection
    ) throws -> [ObjectVersion: Finding] {
        var groups: [(plan: ColumnPlan, members: [Manifest])] = []
        for manifest in manifests where manifest.records > 0 && isPlain(manifest) {
            let plan = plan(manifest)
            let index = groups.firstIndex {
                $0.plan == plan && $0.members[0].format == manifest.format
            }
            if let index {
                groups[index].members.append(manifest)
            } else {
                groups.append((plan, [manifest]))
            }
        }
        var answer: [ObjectVersion: Finding] = [:]
        for group in groups {
            if try count(group.members, group.plan, into: &answer, on: connection) { continue }
            // One of them stops the reader; the others should not pay for it.
            guard group.members.count > 1 else { continue }
            for member in group.members {
                _ = try count([member], group.plan, into: &answer, on: connection)
            }
        }
        return answer
    }

    private func count(
        _ members: [Manifest],
        _ plan: ColumnPlan,
        into answer: inout [ObjectVersion: Finding],
        on connection: borrowing Connection
    ) throws -> Bool {
        let typed = plan.typed(
            over: ChunkText.relation(members.flatMap(paths), format: members[0].format),
            keeping: [ChunkText.file]
        )
        let file = SQL.identifier(ChunkText.file)
        let query =
            "SELECT \(file), count(*), count(\"#bad\"), \(partitionCount) FROM \(typed) "
            + "GROUP BY \(file)"
        guard let figures = try rows(query, on: connection) else { return false }
        var counts: [Int: RowTally.Count] = [:]
        var partitions: [Int: Int] = [:]
        for row in figures {
            let file = row[0].int ?? -1
            counts[file] = .init(rows: row[1].int ?? -1, marked: row[2].int ?? -1)
            partitions[file] = row[3].int
        }
        var place = 0
        for member in members {
            let files = place..<(place + member.chunks.count)
            answer[member.source] = Finding(
                isGood: Self.isWhole(member, counts, from: place),
                partitions: partitionColumns.isEmpty
                    ? nil : files.reduce(0) { $0 + (partitions[$1] ?? 0) }
            )
            place = files.upperBound
        }
        return true
    }

    /// Whether each chunk has the records that its manifest tells of, and no bad one; the counts of
    /// the first chunk are those of `place`.
    static func isWhole(
        _ manifest: Manifest,
        _ counts: [Int: RowTally.Count],
        from place: Int
    ) -> Bool {
        manifest.chunks.enumerated().allSatisfy { index, chunk in
            counts[place + index, default: .init()] == .init(rows: chunk.records)
        }
    }

    /// SQL that estimates how many partitions the rows belong to.
    private var partitionCount: String {
        guard !partitionColumns.isEmpty else { return "0" }
        let values = partitionColumns.map { column in
            let name = SQL.identifier(column)
            let computed = computedValues.first { $0.hasSuffix(" AS \(name)") }
            return computed.map { String($0.dropLast(" AS \(name)".count)) } ?? name
        }
        let value = values.count == 1 ? values[0] : "hash(\(values.joined(separator: ", ")))"
        return "approx_count_distinct(\(value))"
    }

    /// A query's rows; nil when the content of the files stops the reader.
    private func rows(
        _ query: String,
        on connection: borrowing Connection
    ) throws(DuckDBError) -> [[SQLValue]]? {
        do {
            return try connection.rows(query)
        } catch {
            if Self.isAboutContent(error.message) { return nil }
            throw error
        }
    }

    /// Whether an error tells of the files' content, not of memory or the disk.
    static func isAboutContent(_ message: String) -> Bool {
        ["Invalid Input Error", "Conversion Error"].contains(where: message.hasPrefix)
    }

    /// Whether all chunks have the length that their manifest gives, and every record its fields.
    func isPlain(_ manifest: Manifest) -> Bool {
        let fields = max(1, manifest.format.fields ?? 1)
        return manifest.chunks.allSatisfy { chunk in
            let isEven = manifest.format.type == .json || chunk.cells == chunk.records * fields
            return isEven && size(of: chunk) == chunk.size
        }
    }

    private func size(of chunk: Manifest.Chunk) -> Int64? {
        var information = stat()
        let path = buckets.path(of: ObjectKey(bucket: "stage-2", key: chunk.key))
        return stat(path, &information) == 0 ? Int64(information.st_size) : nil
    }

    /// Refuses a version whose text is not there or not whole.
    func checkChunks(_ manifest: Manifest) throws(VersionRefusal) {
        for chunk in manifest.chunks where size(of: chunk) != chunk.size {
            let found = size(of: chunk).map { "is \($0) bytes long" } ?? "is gone"
            throw VersionRefusal(
                source: manifest.source,
                type: "TextGone",
                message: "\(manifest.source.source): its chunk stage-2/\(chunk.key) \(found), "
                    + "\(chunk.size) bytes were expected; drop the file again under the same key"
            )
        }
    }
}
