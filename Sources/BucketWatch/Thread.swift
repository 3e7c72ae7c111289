import Glibc

/// A thread for work that blocks, which must not be done on the cooperative pool.
enum Thread {
    /// Runs the work on a detached thread that takes no signals, so that they reach the main one.
    ///
    /// - Returns: The error number if there can be no more threads, else 0.
    static func start(_ work: @escaping @Sendable () -> Void) -> Int32 {
        let box = Unmanaged.passRetained(Box(work))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        var all = sigset_t()
        var former = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &former)
        defer {
            pthread_sigmask(SIG_SETMASK, &former, nil)
            pthread_attr_destroy(&attributes)
        }
        var thread = pthread_t()
        let failure = pthread_create(
            &thread,
            &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().work()
                return nil
            },
            box.toOpaque()
        )
        if failure != 0 { box.release() }
        return failure
    }

    private final class Box: Sendable {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
}
