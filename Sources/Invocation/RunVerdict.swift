import Events
import FoundationEssentials
import FunctionConfig

/// Says what a handler's end means, in the words of AWS Lambda where it has some.
struct RunVerdict {
    let function: FunctionSettings
    let requestID: String

    func outcome(of end: HandlerEnd, lastLine: String) -> InvocationOutcome {
        switch end.cause {
        case .cancelled: return .interrupted
        case .notStarted(let reason, let number):
            // A handler that may not be executed is a wrong setting.
            if let hindrance = number.flatMap({ Hindrance(number: $0) }), hindrance != .denied {
                let words = "\(function.handler) cannot be started: \(reason)"
                return .notNow(failure(hindrance.type, "\(words); \(hindrance.remedy)"))
            }
            return .functionError(
                failure(
                    "Runtime.InvalidEntrypoint",
                    "\(function.handler) cannot be started: \(reason); correct "
                        + "functions.\(function.name).handler"
                )
            )
        case .endedFor(.timeout):
            return .timeout(
                failure(
                    "Sandbox.Timeout",
                    "\(requestID) Task timed out after \(function.timeout).00 seconds; raise "
                        + "functions.\(function.name).timeout if it needs longer"
                )
            )
        case .endedFor(.memory):
            return .outOfMemory(
                failure(
                    "Runtime.OutOfMemory",
                    "\(requestID) used more than \(function.memory) MB; raise "
                        + "functions.\(function.name).memory or give it less at once"
                )
            )
        case .endedFor(.output):
            return .functionError(
                failure(
                    "Function.ResponseSizeTooLarge",
                    "the answer is longer than \(HandlerRun.outputLimit) bytes"
                )
            )
        case .ended: return ended(end, lastLine)
        }
    }

    private func ended(_ end: HandlerEnd, _ lastLine: String) -> InvocationOutcome {
        switch end.exitCode {
        case 0: return .success(output: end.output)
        case 65: return .badInput(reported(lastLine) ?? exitError("exit status 65", lastLine))
        case 75: return .notNow(reported(lastLine) ?? exitError("exit status 75", lastLine))
        case let code?:
            let status = "exit status \(code)"
            return .functionError(reported(lastLine) ?? exitError(status, lastLine))
        case nil:
            return .functionError(exitError("signal: \(end.signal ?? 0)", lastLine))
        }
    }

    /// What the handler says of its own failure.
    private func reported(_ line: String) -> HandlerFailure? {
        guard line.first == "{" else { return nil }
        return try? JSONDecoder().decode(HandlerFailure.self, from: Data(line.utf8))
    }

    private func exitError(_ status: String, _ lastLine: String) -> HandlerFailure {
        let said =
            lastLine.hasPrefix("START RequestId") ? "" : "; it said: \(lastLine.prefix(1000))"
        return failure(
            "Runtime.ExitError",
            "RequestId: \(requestID) Error: Runtime exited with error: \(status)\(said)"
        )
    }

    private func failure(_ type: String, _ message: String) -> HandlerFailure {
        HandlerFailure(errorType: type, errorMessage: message)
    }
}
