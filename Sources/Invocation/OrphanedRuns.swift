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
        let wanted = Set(requestIDs.map { "AWS_LAMBDA_REQUEST_ID=" + $0 })
        var ended: Set<pid_t> = []
        while !Task.isCancelled {
            let orphans = find(wanted, "SLUICE_BUCKETS=" + buckets)
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

    private static func find(_ requests: Set<String>, _ buckets: String) -> [pid_t] {
        ProcessFile.processes().filter { process in
            let variables = ProcessFile.environment(of: process)
            return variables.contains { $0 == buckets }
                && variables.contains { requests.contains(String($0)) }
                && ProcessFile.isAlive(process) && process != getpid()
        }
    }
}
