import FunctionConfig

/// The variables a handler gets: the names of AWS Lambda, Sluice's own, those of the function's
/// settings, and nothing else.
///
/// Sluice's own handlers read the settings themselves, so they also get what `${NAME}` in them
/// stands for; others do not, since a password may be among it. `sync` and `publish` get what the
/// programs that they start are told by the environment, such as credentials.
///
/// Source: AWS Lambda Developer Guide, "Defined runtime environment variables".
struct HandlerEnvironment {
    let function: FunctionSettings
    let requestID: String
    let deadlineMilliseconds: Int64
    let logStream: String
    /// The path of the settings; nil for the standard flow, which has none.
    let config: String?
    let configFolder: String
    let buckets: String
    /// The folder of Sluice's programs, so that a handler can ask `sluice query`.
    let programs: String
    /// Sluice's own environment; only `PATH`, `HOME` and `LANG` are taken from it.
    let surroundings: [String: String]
    /// What the settings name as `${NAME}`.
    let substituted: [String: String]

    var variables: [String: String] {
        var variables = function.environment
        var own = [
            "_HANDLER": function.handler,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": String(function.memory),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/\(function.name)",
            "AWS_LAMBDA_LOG_STREAM_NAME": logStream,
            "AWS_LAMBDA_REQUEST_ID": requestID,
            "LAMBDA_TASK_ROOT": configFolder,
            "TZ": "UTC",
            "SLUICE_DEADLINE_MS": String(deadlineMilliseconds),
            "SLUICE_BUCKETS": buckets,
            "PATH": (surroundings["PATH"] ?? "/usr/local/bin:/usr/bin:/bin") + ":" + programs,
            "HOME": surroundings["HOME"] ?? "/",
            "LANG": surroundings["LANG"] ?? "en_US.UTF-8",
        ]
        if function.copy != nil {
            // A region that nobody chose would take the place of the one in the user's profile.
            for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] { own[name] = nil }
            let given = surroundings.filter { Self.isForCopying($0.key) }
            variables.merge(given) { mine, _ in mine }
        }
        if !function.handler.contains("/") { variables.merge(substituted) { _, same in same } }
        variables.merge(own) { _, own in own }
        variables["SLUICE_CONFIG"] = config
        return variables
    }

    /// Whether `aws`, `rclone`, rsync or ssh look at a variable of Sluice's own environment.
    private static func isForCopying(_ name: String) -> Bool {
        let programs = ["AWS_", "RCLONE_", "RSYNC_"]
        let others: Set = [
            "SSH_AUTH_SOCK", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "ALL_PROXY", "https_proxy",
            "http_proxy", "no_proxy", "all_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
        ]
        return others.contains(name)
            || programs.contains(where: name.hasPrefix) && !name.hasPrefix("AWS_LAMBDA_")
    }
}
