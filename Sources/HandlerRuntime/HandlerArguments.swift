/// The command line of a handler that is started by hand.
struct HandlerArguments {
    var eventFile: String?
    var config: String?
    var buckets: String?
    var wantsHelp = false

    struct UsageError: Error {
        let message: String
    }

    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var rest = Array(arguments)[...]
        while let option = rest.popFirst() {
            if option == "--help" || option == "-h" {
                wantsHelp = true
                continue
            }
            let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
            guard ["--event", "--config", "--buckets"].contains(parts.first) else {
                throw UsageError(message: "\(option) is not known")
            }
            guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
                throw UsageError(message: "\(option) needs a value")
            }
            switch parts.first {
            case "--event": eventFile = value
            case "--config": config = value
            default: buckets = value
            }
        }
    }

    static func usage(_ program: String) -> String {
        """
        usage: \(program) [--event FILE] [--config functions.json] [--buckets buckets]
        Reads an event as JSON from FILE or standard input and writes the result to standard output.
        `sluice event put BUCKET/KEY` prints an event.
        """
    }
}
