import Events
import Reports
import Testing

@Suite("Keys that somebody may have meant")
struct NearKeysTests {
    private let near = NearKeys(
        ["stage-1/people/first.csv", "stage-1/people/second.csv", "stage-1/places/first.csv"]
            .compactMap { ObjectKey($0) }
    )

    private func nearest(_ text: String) throws -> [String] {
        near.nearest(to: try #require(ObjectKey(text))).map(\.description)
    }

    @Test(
        "differ by few letters, or lie in another folder under the same name",
        arguments: [
            ("stage-1/people/secnod.csv", "stage-1/people/second.csv"),
            ("stage-1/People/Second.CSV", "stage-1/people/second.csv"),
            ("stage-1/people/seconds.csv", "stage-1/people/second.csv"),
            ("people/second.csv", "stage-1/people/second.csv"),
            ("stage-1/somewhere/else/entirely/second.csv", "stage-1/people/second.csv"),
        ]
    )
    func found(text: String, key: String) throws { #expect(try nearest(text).first == key) }

    @Test("come nearest first")
    func order() throws {
        #expect(
            try nearest("stage-1/place/first.csv") == [
                "stage-1/places/first.csv", "stage-1/people/first.csv",
            ]
        )
    }

    @Test("are none where nothing is near")
    func none() throws { #expect(try nearest("inbox/report.json").isEmpty) }
}
