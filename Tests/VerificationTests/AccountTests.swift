import Testing

@testable import Verification

/// A version of 5 records, of which 4 are rows and 1 is bad, and what may be wrong with it.
@Suite("The account of a version")
struct AccountTests {
    private static let whole = Account(
        rows: 4,
        loaded: 4,
        rejected: 1,
        quarantined: 1,
        records: 5,
        canGiveWay: false
    )

    private static func account(_ change: (inout Account) -> Void) -> Account {
        var account = whole
        change(&account)
        return account
    }

    @Test(
        "says which figure does not fit the others",
        arguments: [
            (whole, []),
            (account { $0.rows = 3 }, [.rows(expected: 4)]),
            (account { $0.rows = 8 }, [.rows(expected: 4)]),
            (account { $0.quarantined = 0 }, [.quarantine(expected: 1)]),
            (
                account { ($0.rows, $0.quarantined) = (3, 2) },
                [.rows(expected: 4), .quarantine(expected: 1)]
            ),
            (account { $0.loaded = 3 }, [.load(rows: 4, rejected: 1)]),
            (account { $0.rejected = 0 }, [.load(rows: 4, rejected: 1)]),
            (
                account { ($0.loaded, $0.rejected) = (3, 2) },
                [.rows(expected: 3), .quarantine(expected: 2)]
            ),
            (account { $0.records = 9 }, [.records(9)]),
            (account { ($0.loaded, $0.rejected) = (nil, nil) }, []),
            (account { ($0.loaded, $0.rejected, $0.rows) = (nil, nil, 3) }, [.rows(expected: 4)]),
            (account { ($0.records, $0.rows) = (nil, 3) }, [.rows(expected: 4)]),
            (
                account { ($0.records, $0.rows, $0.loadedElsewhere) = (nil, 3, 3) },
                [.load(rows: 3, rejected: 1)]
            ),
            (account { ($0.canGiveWay, $0.rows) = (true, 2) }, []),
            (account { ($0.canGiveWay, $0.rows) = (true, 5) }, [.rows(expected: 4)]),
            (account { ($0.canGiveWay, $0.rows) = (true, 0) }, []),
            (account { ($0.canGiveWay, $0.isNewest, $0.rows) = (true, true, 0) }, [.noRowOfNewest]),
        ] as [(Account, [Account.Fault])]
    )
    func faults(account: Account, faults: [Account.Fault]) {
        #expect(account.faults(isQuarantineSettled: true) == faults)
    }

    @Test("leaves a quarantine alone that may go at any time")
    func moving() {
        let account = Self.account { $0.quarantined = 0 }
        #expect(account.faults(isQuarantineSettled: false) == [])
    }
}
