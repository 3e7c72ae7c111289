import Buckets
import Events
import Glibc
import Ledger
import TestSupport
import Testing

@testable import Daemon

@Suite("Reading an object")
struct ObjectReaderTests {
    private func isPutOff(_ finding: ObjectReader.Finding) -> Bool {
        if case .beingWritten = finding { true } else { false }
    }

    @Test("is put off where somebody has opened it for writing since it was told of")
    func reopened() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write("half", to: "stage-1/t.csv")
        let reader = ObjectReader(buckets: BucketsFolder(path: folder.path))
        let key = ObjectKey(bucket: "stage-1", key: "t.csv")
        let file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        #expect(isPutOff(reader.find(key, known: nil, notice: .event)))
        close(file)
        // Programs that other tests are just starting may hold it open for a moment longer.
        try await until { !isPutOff(reader.find(key, known: nil, notice: .event)) }
    }
}
