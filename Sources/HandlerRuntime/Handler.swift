import Buckets
public import Events
import FoundationEssentials
import FunctionConfig
import Glibc

/// The frame around every handler: event in, result out, and an exit code that says what is next.
public enum Handler {
    /// Reads the event, runs the work, writes the result and ends the process.
    ///
    /// Exit 0 with the result on standard output; 65, 75 or 1 with `{"errorType","errorMessage"}` as
    /// the last line of standard error, see `HandlerError.Kind`; 2 for wrong usage. The run's scratch
    /// folder is removed in every case but a kill; the daemon removes what a kill leaves.
    ///
    /// A handler that does the same whatever happened need not have an event: it is not read then.
    public static func run(
        named program: String,
        needsEvent: Bool = true,
        _ work: (HandlerContext) throws -> HandlerResult
    ) -> Never {
        signal(SIGPIPE, SIG_IGN)
        let arguments: HandlerArguments
        do {
            arguments = try HandlerArguments(CommandLine.arguments.dropFirst())
        } catch {
            HandlerLog.line("\(program): \(error.message)")
            HandlerLog.line(HandlerArguments.usage(program))
            exit(2)
        }
        if arguments.wantsHelp {
            print(HandlerArguments.usage(program))
            exit(0)
        }
        do {
            let start = ContinuousClock.now
            let context = try HandlerContext(
                program: program,
                arguments: arguments,
                needsEvent: needsEvent
            )
            // By hand there may be no buckets yet; DuckDB makes only the last folder to spill into.
            try context.buckets.prepare()
            defer { try? FilePath.removeTree(context.scratchFolder) }
            let result = try work(context)
            HandlerLog.conclude(result, after: ContinuousClock.now - start)
            try write(try JSONText.encode(result) + Data([0x0A]))
        } catch {
            end(error)
        }
        exit(0)
    }

    private static func end(_ error: any Error) -> Never {
        if let error = error as? FunctionConfigError {
            HandlerLog.line(error.description)
            exit(2)
        }
        let error = HandlerError(error)
        let failure = HandlerFailure(errorType: error.type, errorMessage: error.message)
        let line = (try? JSONText.encode(failure)).map { String(decoding: $0, as: UTF8.self) }
        HandlerLog.line(line ?? error.description)
        exit(error.kind.rawValue)
    }

    private static func write(_ data: Data) throws(HandlerError) {
        var rest = Array(data)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw .failure("NoAnswer", "the result could not be written to standard output")
            }
            rest = rest.dropFirst(count)
        }
    }
}
