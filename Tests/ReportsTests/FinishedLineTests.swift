import Daemon
import Events
import Reports
import Testing

@Suite("The line of a finished version")
struct FinishedLineTests {
    private static let failure = HandlerFailure(errorType: "NoGoodRow", errorMessage: "none\nfits")

    private func line(
        _ outcomes: (String, FinishedVersion.Outcome)...,
        microseconds: Int64 = 412_345
    ) -> String {
        let parts = outcomes.map {
            FinishedVersion.Part(function: $0.0, handler: $0.0, outcome: $0.1)
        }
        return FinishedLine.text(
            FinishedVersion(
                object: ObjectKey(bucket: "stage-1", key: "t/a.csv"),
                parts: parts,
                microseconds: microseconds
            )
        )
    }

    private static func counts(_ rows: Int64, _ rejected: Int64 = 0) -> FinishedVersion.RowCounts {
        FinishedVersion.RowCounts(rows: rows, rejected: rejected)
    }

    @Test("tells lake, warehouse and time, and no steps on the way")
    func good() {
        #expect(
            line(
                ("split", .done),
                ("crawl", .done),
                ("load", .warehouse(table: "t", Self.counts(9652))),
                ("convert", .lake(table: "t", version: 3, Self.counts(9652)))
            ) == "stage-1/t/a.csv -> lake.t v3 +9,652 rows, warehouse +9,652, 0.41 s"
        )
    }

    @Test("tells rejected rows once")
    func rejected() {
        #expect(
            line(
                ("convert", .lake(table: "t", version: 0, Self.counts(1, 4))),
                ("load", .warehouse(table: "t", Self.counts(1, 4)))
            ) == "stage-1/t/a.csv -> lake.t v0 +1 row, warehouse +1, 4 rejected, 0.41 s"
        )
    }

    @Test("names a warehouse table that has no lake table beside it")
    func warehouseAlone() {
        #expect(
            line(("load", .warehouse(table: "t", Self.counts(2))))
                == "stage-1/t/a.csv -> warehouse.t +2 rows, 0.41 s"
        )
    }

    @Test("tells a failure on one line, that of two functions once")
    func failures() {
        #expect(
            line(("split", .failed(Self.failure)))
                == "stage-1/t/a.csv FAILED in split: NoGoodRow: none fits, 0.41 s"
        )
        #expect(
            line(("convert", .failed(Self.failure)), ("load", .failed(Self.failure)))
                == "stage-1/t/a.csv FAILED in convert, load: NoGoodRow: none fits, 0.41 s"
        )
        #expect(
            line(
                ("convert", .lake(table: "t", version: 3, Self.counts(2))),
                ("load", .failed(Self.failure))
            )
                == "stage-1/t/a.csv -> lake.t v3 +2 rows, FAILED in load: NoGoodRow: none fits, 0.41 s"
        )
    }

    @Test("tells what else a version may come to")
    func others() {
        #expect(
            line(("split", .done), ("convert", .superseded), ("load", .superseded))
                == "stage-1/t/a.csv superseded by a newer version, 0.41 s"
        )
        #expect(
            line(("split", .cancelled)) == "stage-1/t/a.csv deleted before it was handled, 0.41 s"
        )
        #expect(line(("count", .done)) == "stage-1/t/a.csv -> count, 0.41 s")
        #expect(
            line(("split", .done), ("crawl", .done), microseconds: 125_000_000)
                == "stage-1/t/a.csv -> split, crawl, 2 min 5 s"
        )
    }
}
