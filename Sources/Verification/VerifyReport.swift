/// What came of comparing everything with everything.
public struct VerifyReport: Sendable, Equatable, Codable {
    /// What is not as it must be; empty when all is proven that can be.
    public var findings: [Finding] = []
    /// Work that is not done yet, of which nothing can be said.
    public var pending: [Pending] = []
    /// What could not be proven, or is no fault and good to know.
    public var notes: [String] = []
    /// How much was compared.
    public var checked = Checked()

    /// Something whose turn will come.
    public struct Pending: Sendable, Equatable, Codable {
        /// The object, as `bucket/key`.
        public var object: String
        /// The table; nil where it concerns none.
        public var table: String?
        /// What it waits for.
        public var what: String
    }

    /// How much was compared.
    public struct Checked: Sendable, Equatable, Codable {
        /// Tables, in lake or warehouse.
        public var tables = 0
        /// Versions that are part of some table.
        public var versions = 0
        /// Rows that were counted, in lake and warehouse together.
        public var rows: Int64 = 0
        /// Data files of the lake.
        public var files = 0
        /// Chunks in stage-2.
        public var chunks = 0
        /// Objects that triggers watch.
        public var objects = 0
        /// Dead letters, whose versions are in no table.
        public var deadLetters = 0
        /// Whether contents were left out.
        public var quick = false
    }

    /// This report with the findings that `earlier` had as well.
    ///
    /// For a second look while work goes on: what is gone then was never a fault.
    public func confirming(_ earlier: VerifyReport) -> VerifyReport {
        var report = self
        report.findings = findings.filter { finding in
            earlier.findings.contains { $0.isSame(as: finding) }
        }
        return report
    }
}
