import Buckets
import CLinuxCalls
import Glibc
import Synchronization

/// Rings at a time of the wall clock, and whenever somebody sets that clock.
///
/// A timer that the kernel keeps, on a thread that waits for it: nobody polls, and a machine that
/// sleeps past the time rings when it wakes. See timerfd_create(2), `TFD_TIMER_CANCEL_ON_SET`.
final class WallTimer: Sendable {
    /// A ring for each time that has come and each setting of the clock; several may be one.
    let rings: AsyncStream<Void>

    private let timer: Int32
    private let isEnding = Mutex(false)

    /// Makes a timer; it rings for the first time at once.
    init() throws(BucketsError) {
        let timer = timerfd_create(CLOCK_REALTIME, Int32(TFD_CLOEXEC))
        guard timer >= 0 else { throw BucketsError(step: "make a timer") }
        self.timer = timer
        let bell = Doorbell()
        rings = bell.rings
        bell.ring()
        BlockingThread.start { [self] in
            var count: UInt64 = 0
            while !isEnding.withLock({ $0 }) {
                // Fails with ECANCELED when the clock was set.
                let length = read(timer, &count, MemoryLayout<UInt64>.size)
                guard length > 0 || errno == ECANCELED || errno == EINTR else { break }
                bell.ring()
            }
            bell.finish()
            close(timer)
        }
    }

    /// Asks for a ring at a time in microseconds since 1970, in place of the one asked for before.
    func set(to time: Int64) {
        // All zero would disarm the timer.
        let time = max(1, time)
        var setting = itimerspec()
        setting.it_value.tv_sec = Int(time / 1_000_000)
        setting.it_value.tv_nsec = Int(time % 1_000_000) * 1000
        let flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET
        timerfd_settime(timer, Int32(flags), &setting, nil)
    }

    /// Ends the rings.
    func end() {
        isEnding.withLock { $0 = true }
        set(to: 1)
    }
}
