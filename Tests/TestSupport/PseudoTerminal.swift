import Dispatch
import Glibc
import Synchronization

/// A terminal for a program to write to, and what a person would see on it.
public final class PseudoTerminal: Sendable {
    /// The program's end, to be its standard error.
    let device: Int32
    private let master: Int32
    private let screen: Mutex<TerminalScreen>

    /// Opens a terminal of a size.
    public init(columns: Int, rows: Int) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        // Unlocked and asked for its number, see ioctl_tty(2); the headers hide both requests.
        var unlocked: Int32 = 0
        var number: Int32 = 0
        guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0,
            ioctl(master, 0x8004_5430, &number) == 0
        else { throw TestSupportError(step: "open a terminal", reason: errno) }
        device = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard device >= 0 else { throw TestSupportError(step: "open a terminal", reason: errno) }
        screen = Mutex(TerminalScreen(columns: columns, rows: rows))
        resize(columns: columns, rows: rows)
        let source = master
        DispatchQueue(label: "terminal").async { [weak self] in
            var bytes = [UInt8](repeating: 0, count: 4_096)
            while true {
                let count = read(source, &bytes, bytes.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0, let self else { break }
                self.screen.withLock { $0.show(bytes[..<count]) }
            }
            close(source)
        }
    }

    // The reader ends when the last writer has gone.
    deinit { close(device) }

    /// Gives the terminal another size, as if somebody pulled at its window; the program is told by
    /// SIGWINCH, which the test sends.
    public func resize(columns: Int, rows: Int) {
        var size = winsize(
            ws_row: UInt16(rows),
            ws_col: UInt16(columns),
            ws_xpixel: 0,
            ws_ypixel: 0
        )
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        screen.withLock { $0.resize(columns: columns, rows: rows) }
    }

    /// The lines that are visible, without spaces at their ends.
    public var visible: [String] { screen.withLock { $0.visible } }

    /// The lines that have gone out at the top.
    public var scrollback: [String] { screen.withLock { $0.scrollback } }
}

/// As much of a terminal as a live view needs: lines, wrapping, and a few ways to move and clear.
struct TerminalScreen {
    private(set) var scrollback: [String] = []
    private var grid: [[Character]] = [[]]
    private var columns: Int
    private var rows: Int
    private var row = 0
    private var column = 0
    private var wraps = true
    private var escape: [UInt8]?

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    var visible: [String] {
        grid.map { line in
            var text = String(line)
            while text.hasSuffix(" ") { text.removeLast() }
            return text
        }
    }

    /// Lines that are too long are cut, as by a terminal that does not lay them out anew.
    mutating func resize(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        grid = grid.map { Array($0.prefix(columns)) }
        column = min(column, columns - 1)
        while grid.count > rows {
            scrollback.append(visible[0])
            grid.removeFirst()
            row = max(0, row - 1)
        }
    }

    mutating func show(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            if escape != nil {
                take(byte)
            } else {
                switch byte {
                case 0x1B: escape = []
                case 0x0D: column = 0
                case 0x0A: feedLine()
                default: put(Character(Unicode.Scalar(byte)))
                }
            }
        }
    }

    private mutating func put(_ character: Character) {
        if column >= columns {
            guard wraps else {
                grid[row][columns - 1] = character
                return
            }
            column = 0
            feedLine()
        }
        while grid[row].count <= column { grid[row].append(" ") }
        grid[row][column] = character
        column += 1
    }

    private mutating func feedLine() {
        row += 1
        if row == grid.count { grid.append([]) }
        guard grid.count > rows else { return }
        scrollback.append(visible[0])
        grid.removeFirst()
        row -= 1
    }

    /// A byte of `ESC [ parameters letter`.
    private mutating func take(_ byte: UInt8) {
        guard byte >= 0x40, byte != UInt8(ascii: "[") else {
            escape?.append(byte)
            return
        }
        let parameters = String(decoding: escape?.dropFirst() ?? [], as: UTF8.self)
        escape = nil
        switch (Character(Unicode.Scalar(byte)), parameters) {
        case ("A", _): row = max(0, row - (Int(parameters) ?? 1))
        case ("J", ""):
            grid[row] = Array(grid[row].prefix(column))
            grid.removeSubrange((row + 1)...)
        case ("l", "?7"): wraps = false
        case ("h", "?7"): wraps = true
        default: put("?")
        }
    }
}
