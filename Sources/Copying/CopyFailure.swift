import FunctionConfig
import HandlerRuntime

/// Why a program did not copy everything, and what follows from that.
struct CopyFailure {
    /// What a person can do about it.
    enum Reason: Equatable {
        /// The place cannot be reached, or is busy: it is tried again.
        case away
        /// The place wants other credentials.
        case denied
        /// The place is reached and lacks what the settings name.
        case missing
        /// The disk is full.
        case full
        /// Anything else, such as single files that cannot be read.
        case other
    }

    let copy: FolderCopy
    let reason: Reason
    let detail: String

    init(_ copy: FolderCopy, reason: Reason, detail: String) {
        self.copy = copy
        self.reason = reason
        self.detail = detail
    }

    /// Sorts an end; nil when the program has done what it should.
    ///
    /// `rsync` ends with 24 when a file vanished while it was about to copy it, `aws` with 2 when it
    /// left out what is no file: both have copied the rest.
    init?(_ copy: FolderCopy, end: ChildProgram.End, lines: [String]) {
        let program = copy.place.program
        switch end {
        case .exit(0): return nil
        case .exit(24) where program == "rsync": return nil
        case .exit(2) where program == "aws": return nil
        default: break
        }
        let text = lines.joined(separator: "\n").lowercased()
        reason = Self.words.first { $0.words.contains(where: text.contains) }?.reason ?? .other
        self.copy = copy
        let telling = lines.first { line in
            let line = line.lowercased()
            return ["error", "fatal", "fail", "denied", "refused"].contains(where: line.contains)
        }
        let how =
            switch end {
            case .exit(let code): "ended with \(code)"
            case .signal(let number): "was ended by signal \(number)"
            }
        detail = "\(program) \(how)" + ((telling ?? lines.last).map { ": \($0)" } ?? "")
    }

    /// The error to answer with, after so many files were copied.
    func error(after copied: Int) -> HandlerError {
        let (from, to) = copy.ends
        let side = copy.direction == .sync ? "Source" : "Target"
        let soFar = copied == 0 ? "" : " after \(copied) files"
        let what = "\(from) was not copied to \(to)\(soFar): \(detail)"
        switch reason {
        case .away:
            return .notNow(
                side + "Away",
                "\(what); see that \(copy.place) can be reached"
            )
        case .full:
            return .notNow("DiskFull", "\(what); free some space")
        case .denied:
            return .failure(
                side + "Denied",
                "\(what); give \(copy.place.program) credentials where Sluice is started"
            )
        case .missing:
            return .failure(side + "Missing", "\(what); correct \(copy.place) in the settings")
        case .other:
            return .failure("CopyFailed", "\(what); the log of this run has all that it said")
        }
    }

    /// What programs say, in lower case.
    ///
    /// The first reason with a word that was said counts.
    private static let words: [(reason: Reason, words: [String])] = [
        (.full, ["no space left on device", "disk quota exceeded"]),
        (
            .denied,
            [
                "permission denied (publickey", "permission denied (password",
                "permission denied (keyboard", "host key verification failed", "auth failed",
                "access denied", "accessdenied", "invalidaccesskeyid", "signaturedoesnotmatch",
                "unable to locate credentials", "partial credentials", "expiredtoken",
                "token has expired", "(403)", "forbidden", "unauthorized",
            ]
        ),
        (
            .missing,
            [
                "nosuchbucket", "unknown module", "directory not found",
                "didn't find section in config file", "change_dir", "command not found",
            ]
        ),
        (
            .away,
            [
                "connection refused", "could not connect", "connect timeout", "timed out",
                "i/o timeout", "no route to host", "network is unreachable",
                "name or service not known", "temporary failure in name resolution",
                "could not resolve", "no such host", "connection reset", "connection was closed",
                "connection closed", "connection unexpectedly closed", "read timeout",
                "timeout in data send/receive", "service unavailable", "serviceunavailable",
                "slowdown", "internalerror", "max connections",
            ]
        ),
    ]
}
