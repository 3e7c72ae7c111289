import Logging

/// Log lines on standard error: level, message, then facts as `name=value`.
struct ConsoleLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    init(level: Logger.Level = .info) { logLevel = level }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { _, own in own }
            .sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        Console.explain("\(event.level): \(event.message)\(facts)")
    }
}
