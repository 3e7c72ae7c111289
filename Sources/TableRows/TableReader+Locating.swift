import Buckets
import DuckDB
import Events

extension LocatedRecords {
    /// The relation over the rewritten records: places, fields, all text.
    var relation: String {
        let longest = longestLine + 2 > 2_000_000 ? longestLine + 2 : nil
        return ChunkText.delimited(
            [path],
            delimiter: ",",
            header: false,
            fields: columns,
            longestLine: longest
        )
    }

    /// Rewrites a version into a file in a run's scratch folder, named after its sequencer.
    init(
        _ manifest: Manifest,
        buckets: BucketsFolder,
        scratchFolder: String,
        bad: (BadRow) throws -> Void
    ) throws {
        try FilePath.makeFolder(scratchFolder)
        let path = "\(scratchFolder)/\(manifest.source.sequencer).csv"
        try self.init(manifest, buckets: buckets, path: path, bad: bad)
    }
}

extension TableReader {
    /// Puts the records that have no value for a column where there is text into quarantine.
    func findBadRows(
        _ located: LocatedRecords,
        _ plan: ColumnPlan,
        _ manifest: Manifest,
        into quarantine: inout Quarantine.Writer,
        on connection: borrowing Connection
    ) throws {
        let typed = plan.typed(
            over: located.relation,
            keeping: LocatedRecords.places,
            showsText: true
        )
        let result = try connection.query(
            "SELECT CAST(\"#record\" AS BIGINT), CAST(\"#line\" AS BIGINT), "
                + "CAST(\"#chunk\" AS BIGINT), CAST(\"#at\" AS BIGINT), \"#bad\", \"#text\" "
                + "FROM \(typed) WHERE \"#bad\" IS NOT NULL"
        )
        let files = try manifest.chunks.map { chunk throws(BucketsError) in
            try ChunkFile(buckets.path(of: ObjectKey(bucket: "stage-2", key: chunk.key)))
        }
        while let chunk = try result.nextChunk() {
            for row in 0..<chunk.rowCount {
                let numbers = (0..<5).map { chunk.value(column: $0, row: row).int ?? 0 }
                let (column, reason) = plan.explanation(numbers[4])
                let text = chunk.value(column: 5, row: row).string
                try quarantine.add(
                    BadRow(
                        source: manifest.source.source,
                        sequencer: manifest.source.sequencer,
                        line: numbers[1],
                        record: numbers[0],
                        column: column,
                        value: text.map { BadRow.raw($0.utf8) },
                        reason: reason,
                        raw: files[numbers[2]].record(at: numbers[3], of: manifest.format)
                    )
                )
            }
        }
    }
}
