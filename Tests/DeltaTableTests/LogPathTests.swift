import DeltaTable
import Testing

@Suite("A path in a log")
struct LogPathTests {
    @Test(
        "is the escaped path on disk",
        arguments: [
            ("part-1.parquet", "part-1.parquet"), ("day=a%20b/x", "day=a%2520b/x"),
            ("a b/ü:+", "a%20b/%C3%BC%3A%2B"), ("/absolute/p", "/absolute/p"),
        ]
    )
    func encoding(file: String, path: String) {
        #expect(LogPath.encoded(file) == path)
        #expect(LogPath.decoded(path) == file)
    }

    @Test("may be a file URI or hold a stray percent sign")
    func foreignPaths() {
        #expect(LogPath.decoded("file:///a/b%20c") == "/a/b c")
        #expect(LogPath.decoded("100%") == "100%")
    }
}
