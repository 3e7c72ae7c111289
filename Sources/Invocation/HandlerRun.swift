import CLinuxCalls
import Glibc
import Subprocess
import SystemPackage

/// The bare facts of a handler's end.
struct HandlerEnd: Sendable {
    /// How it came to an end.
    enum Cause: Sendable, Equatable {
        /// By itself, or by a signal from outside.
        case ended
        /// It was ended for that reason.
        case endedFor(RunMachine<ContinuousClock.Instant>.Verdict)
        /// The task was cancelled.
        case cancelled
        /// It could not be started, by what error the system said if it did.
        case notStarted(String, number: Int32? = nil)
    }

    var cause: Cause
    var exitCode: Int32?
    var signal: Int32?
    var output: [UInt8] = []
    var duration: Duration
    var peakMemory: Int64 = 0
}

/// One run of one executable.
struct HandlerRun: Sendable {
    /// The longest answer, as Lambda has it.
    static let outputLimit = 6 << 20

    let executable: String
    let folder: String
    let variables: [String: String]
    let event: [UInt8]
    let timeout: Duration
    let memoryLimit: Int64
    let grace: Duration
    let errors: Int32

    /// Starts the handler and waits for its end.
    ///
    /// A handler that is being written this moment is tried again for a while: it is being built, or
    /// a process that another thread is just starting still holds the descriptor (`ETXTBSY`).
    func perform() async -> HandlerEnd {
        for _ in 0..<20 {
            if let end = await attempt() { return end }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return HandlerEnd(cause: .notStarted("another program is writing it"), duration: .zero)
    }

    /// Nil when the handler is being written.
    private func attempt() async -> HandlerEnd? {
        let clock = ContinuousClock()
        let start = clock.now
        guard let input = EventFile(event) else {
            let number = errno
            let reason = String(cString: strerror(number))
            return HandlerEnd(
                cause: .notStarted(
                    "its event could not be written: \(reason)",
                    number: number
                ),
                duration: .zero
            )
        }
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: grace)
        ]
        let machine = RunMachine(
            startedAt: start,
            timeout: timeout,
            memoryLimit: memoryLimit,
            grace: grace
        )
        do {
            let result = try await run(
                .path(FilePath(executable)),
                environment: .custom(
                    .init(
                        uniqueKeysWithValues: variables.map {
                            (.init(stringLiteral: $0.key), $0.value)
                        }
                    )
                ),
                workingDirectory: FilePath(folder),
                platformOptions: options,
                input: .fileDescriptor(
                    FileDescriptor(rawValue: input.descriptor),
                    closeAfterSpawningProcess: false
                ),
                output: .sequence,
                error: .fileDescriptor(
                    FileDescriptor(rawValue: errors),
                    closeAfterSpawningProcess: false
                )
            ) { execution in
                var watch = HandlerWatch(
                    group: ProcessGroup(leader: execution.processIdentifier.value),
                    machine: machine
                )
                return await watch.untilEnd(output: execution.standardOutput)
            }
            // Only after a cancellation can somebody of the group be left here.
            if Task.isCancelled { kill(-result.processIdentifier.value, SIGKILL) }
            return end(of: result.closureResult, result.terminationStatus, clock.now - start)
        } catch let error as SubprocessError where error.underlyingError == .textFileBusy {
            return nil
        } catch {
            let number = (error as? SubprocessError)?.underlyingError?.rawValue
            return HandlerEnd(
                cause: Task.isCancelled ? .cancelled : .notStarted("\(error)", number: number),
                duration: clock.now - start
            )
        }
    }

    private func end(
        of watched: HandlerWatch.Outcome,
        _ status: TerminationStatus,
        _ duration: Duration
    ) -> HandlerEnd {
        var end = HandlerEnd(
            cause: watched.verdict.map { .endedFor($0) } ?? .ended,
            output: watched.output,
            duration: duration,
            peakMemory: watched.peakMemory
        )
        if watched.wasCancelled { end.cause = .cancelled }
        switch status {
        case .exited(let code): end.exitCode = code
        case .signaled(let signal): end.signal = signal
        }
        return end
    }
}

/// An event as a file without a name, in memory: a handler that does not read it holds nobody up, and
/// nothing is left of it whoever dies; see memfd_create(2).
private struct EventFile: ~Copyable {
    let descriptor: Int32

    /// Writes the event; nil with `errno` set when the system refuses.
    init?(_ event: [UInt8]) {
        let file = memfd_create("event", UInt32(MFD_CLOEXEC))
        guard file >= 0 else { return nil }
        var done = 0
        while done < event.count {
            let count = event.withUnsafeBytes {
                write(file, $0.baseAddress.map { $0 + done }, event.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                close(file)
                return nil
            }
            done += count
        }
        lseek(file, 0, SEEK_SET)
        descriptor = file
    }

    deinit { close(descriptor) }
}
