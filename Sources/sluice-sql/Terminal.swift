import FoundationEssentials
import Glibc

/// The terminal that results go to.
enum Terminal {
    /// How many characters a line has: the terminal's, what `COLUMNS` says, or 80.
    static var width: Int {
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            return Int(size.ws_col)
        }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init) ?? 80
    }
}
