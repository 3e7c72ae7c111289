public import HandlerRuntime

extension HandlerContext {
    /// DuckDB's settings for a run: it may use a good half of the function's memory, and spills to
    /// the run's scratch folder.
    ///
    /// The rest is for what DuckDB does not count.
    public var databaseSettings: [String: String] {
        [
            "memory_limit": "\(memory * 55 / 100)MiB",
            "temp_directory": scratchFolder,
            "allocator_background_threads": "false",
        ]
    }
}
