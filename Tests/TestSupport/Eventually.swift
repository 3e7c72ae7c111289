import Glibc

/// Asks again and again whether something has happened, for as long as a machine under load may need.
///
/// The limit only ends a test that would otherwise hang; nothing is measured by it.
///
/// - Throws: `TestSupportError` after 15 minutes, and what the condition throws.
public func eventually(
    isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(900)
    while try await !condition() {
        guard ContinuousClock.now < end else {
            throw TestSupportError(step: "see what the test waits for", reason: ETIMEDOUT)
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}
