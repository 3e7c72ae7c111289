import Glibc

/// Ends what a daemon that died has left running.
public enum OrphanedRuns {
    /// Kills every process, with its group, that was started for one of `requestIDs` in these
    /// buckets, and returns when all have ended.
    ///
    /// Processes are known by their environment (`SLUICE_BUCKETS`, `AWS_LAMBDA_REQUEST_ID`), which
    /// what they start inherits; see proc(5).
    ///
    /// - Returns: How many processes there were.
    @discardableResult
    public static func end(_ requestIDs: [String], buckets: String) async -> Int {
        guard !requestIDs.isEmpty else { return 0 }
        let wanted = Set(requestIDs.map { requestID + $0 })
        return await end(buckets) { wanted.contains(String($0)) }
    }

    /// Kills every process, with its group, that was started for any run in these buckets, and
    /// returns when all have ended.
    ///
    /// For the holder of the buckets' lock where the ledger, which knows the runs, is lost.
    ///
    /// - Returns: How many processes there were.
    @discardableResult
    public static func endAll(buckets: String) async -> Int {
        // A run leads a session of its own; who shares this one is no run, whatever it says.
        await end(buckets, butSession: getsid(0)) { $0.hasPrefix(requestID) }
    }

    private static let requestID = "AWS_LAMBDA_REQUEST_ID="

    private static func end(
        _ buckets: String,
        butSession session: pid_t? = nil,
        _ isWanted: (Substring) -> Bool
    ) async -> Int {
        var ended: Set<pid_t> = []
        while !Task.isCancelled {
            let orphans = find("SLUICE_BUCKETS=" + buckets, isWanted)
                .filter { session == nil || getsid($0) != session }
            guard !orphans.isEmpty else { break }
            for process in orphans {
                if let group = ProcessFile.group(of: process), group != getpgrp(), group > 1 {
                    kill(-group, SIGKILL)
                }
                kill(process, SIGKILL)
            }
            ended.formUnion(orphans)
            try? await Task.sleep(for: .milliseconds(5))
        }
        return ended.count
    }

    private static func find(_ buckets: String, _ isWanted: (Substring) -> Bool) -> [pid_t] {
        ProcessFile.processes().filter { process in
            let variables = ProcessFile.environment(of: process)
            return variables.contains { $0 == buckets }
                && variables.contains(where: isWanted)
                && ProcessFile.isAlive(process) && process != getpid()
        }
    }
}
