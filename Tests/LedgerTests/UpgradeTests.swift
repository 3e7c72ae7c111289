import Events
import FoundationEssentials
import GRDB
import TestSupport
import Testing

@testable import Ledger

@Suite("A ledger that an earlier version made")
struct UpgradeTests {
    /// One version with a delivery that waits, one that is done, and its run.
    private func old(_ folder: ScratchFolder, padding: Int = 0) throws -> String {
        let path = folder.path("ledger.sqlite")
        let database = try DatabaseQueue(path: path)
        try LedgerSchema.migrator.migrate(database, upTo: "schedules, runs by hand")
        try database.write { db in
            for (id, key) in [(1, "a"), (2, "b")] {
                try db.execute(
                    sql: """
                        INSERT INTO objects (id, bucket, key, sequencer, etag, size, table_name,
                            source_bucket, source_key, source_sequencer, source_etag, source_size,
                            inode, modified_ns, changed_ns, checked_at_us, noticed_by,
                            noticed_at_us, hop)
                        VALUES (?1, 'stage-1', ?2, ?1, 'e', 1, 't', 'stage-1', ?2, ?1, 'e', 1, 1, 1,
                            1, 1, 'event', 1, 0)
                        """,
                    arguments: [id, key]
                )
            }
            try db.execute(
                sql: """
                    INSERT INTO runs (request_id, function, trigger_id, table_name, items, log_path,
                        started_at_us, ended_at_us, outcome)
                    VALUES ('r', 'split', 'to-split', 't', 1, '/log', 1, 2, 'succeeded');
                    INSERT INTO deliveries (id, trigger_id, function, event, object_id, table_name,
                        sequencer, order_sequencer, bytes, hop, supersedable, recorded_at_us, state,
                        attempts, due_at_us, ended_at_us, cause, error_type)
                    VALUES (7, 'to-split', 'split', 'ObjectCreated:Put', 1, 't', 1, 1, 1, 0, 1, 1,
                            'done', 0, NULL, 2, 'r', NULL),
                        (8, 'to-split', 'split', 'ObjectCreated:Put', 2, 't', 2, 2, 1, 0, 1, 1,
                            'waiting', 1, 9, NULL, NULL, NULL),
                        (9, 'to-load', 'load', 'ObjectCreated:Put', 2, 't', 2, 2, 1, 0, 1, 1,
                            'dead', 1, NULL, 3, NULL, 'E');
                    INSERT INTO run_items VALUES ('r', 7, 'done', NULL, NULL);
                    """
            )
            for number in 0..<padding {
                try db.execute(
                    sql: "INSERT INTO refused_names VALUES (?, ?)",
                    arguments: ["\(number)", String(repeating: "x", count: 1000)]
                )
            }
        }
        try database.close()
        return path
    }

    private static let key = ObjectKey(bucket: "stage-1", key: "a")

    @Test("is read as it is")
    func read() async throws {
        let folder = try ScratchFolder()
        let ledger = try Ledger(path: try old(folder), readOnly: true)
        #expect(try await ledger.status().waiting == 1)
        #expect(try await ledger.deadLetters().map(\.function) == ["load"])
        #expect(try await ledger.deadLetters(of: ObjectChoice("stage-1/")).count == 1)
        let story = try await ledger.story(of: Self.key, detailed: nil)
        #expect(story.first?.deliveries.first?.tries.count == 1)
        #expect(try await ledger.inventory(since: 0, checksFile: true).objects.count == 2)
    }

    @Test("is brought up to date with all that it holds")
    func upgrade() async throws {
        let folder = try ScratchFolder()
        let ledger = try Ledger(path: try old(folder))
        let pending = try await ledger.pending()
        #expect(pending.map(\.id) == [8])
        #expect(pending.map(\.dueAt) == [9])
        #expect(try await ledger.deadLetters().map(\.errorType) == ["E"])
        let story = try await ledger.story(of: Self.key, detailed: nil)
        #expect(story.first?.deliveries.map(\.state) == [.done])
        #expect(story.first?.deliveries.first?.tries.map(\.run.requestID) == ["r"])
        let inventory = try await ledger.inventory(since: 0, checksFile: true)
        #expect(inventory.damages.isEmpty)
        #expect(inventory.objects.map(\.deliveries.count) == [1, 2])
    }

    @Test("is written anew once so that it can give back room")
    func room() async throws {
        let folder = try ScratchFolder()
        let path = try old(folder, padding: 5000)
        let ledger = try Ledger(path: path)
        func size() throws -> Int {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            return try #require(attributes[.size] as? Int)
        }
        let before = try size()
        try await ledger.forgetRefusedNames()
        while try await ledger.giveBackRoom() {}
        #expect(try size() < before / 4)
        for number in 0..<5000 {
            try await ledger.refuse(
                path: "\(number)",
                reason: String(repeating: "x", count: 1000)
            )
        }
        try await ledger.forgetRefusedNames()
        while try await ledger.giveBackRoom() {}
        #expect(try size() < before / 2)
    }
}
