import Buckets
import FoundationEssentials
import Glibc

/// A pipeline that somebody can copy: a case with settings, SQL, saved queries and input.
struct Pipeline {
    /// The pipeline's name: that of its folder.
    let name: String
    private let folder: String

    /// Where pipelines lie: beside installed programs, and in the package of built ones.
    static var folders: [String] {
        let root = CommonOptions.programs + "/../../.."
        return ["share/sluice/pipelines", "Tests/Cases/pipelines"].map {
            let path = "\(root)/\($0)"
            return FilePath.canonical(path) ?? path
        }
    }

    /// All pipelines, by name.
    static func all() throws -> [Pipeline] {
        let found = try folders.flatMap { folder in
            try FilePath.names(in: folder).map { Pipeline(name: $0, folder: "\(folder)/\($0)") }
        }
        return found.filter(\.hasSettings).sorted { $0.name < $1.name }
    }

    /// The pipeline of a name, or in a folder of any place.
    ///
    /// - Throws: `CommandFailure` that names those there are.
    static func named(_ name: String) throws -> Pipeline {
        if name.contains("/"), let folder = FilePath.canonical(name) {
            let pipeline = Pipeline(name: FilePath.name(of: folder), folder: folder)
            guard pipeline.hasSettings else {
                throw CommandFailure.usage("\(name) holds no functions.json and is no pipeline")
            }
            return pipeline
        }
        let all = try all()
        if let pipeline = all.first(where: { $0.name == name }) { return pipeline }
        let present = all.isEmpty ? "there are none" : all.map(\.name).joined(separator: ", ")
        throw CommandFailure.usage("there is no pipeline \(name); those there are: \(present)")
    }

    /// The first heading of the pipeline's page.
    var title: String? {
        guard let page, let bytes = try? FilePath.read(page) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(separator: "\n").first { $0.hasPrefix("# ") }.map {
            String($0.dropFirst(2))
        }
    }

    /// Copies everything but what only a test needs; what a test drops becomes a sample.
    ///
    /// - Returns: The commands to begin with.
    /// - Throws: `BucketsError`, or what copying throws.
    func copy(to project: String) throws -> [String] {
        var samples: [String] = []
        for entry in try FilePath.names(in: folder) {
            if entry.hasPrefix(".") || ["expect", "buckets"].contains(entry) { continue }
            var target = entry
            if entry == "stage-1" || entry.hasPrefix("stage-1.") {
                guard !entry.hasSuffix(".delete") else { continue }
                target = "sample" + entry.dropFirst("stage-1".count)
                samples.append(target)
            }
            try Self.copy("\(folder)/\(entry)", to: "\(project)/\(target)")
        }
        if let page, FilePath.canonical("\(project)/README.md") == nil {
            try Self.copy(page, to: "\(project)/README.md")
        }
        let drop = samples.first.map { ["cp -r \($0)/. buckets/stage-1/"] } ?? []
        return drop + ["sluice up --once"]
            + (FilePath.canonical("\(project)/queries") == nil ? [] : ["sluice query @"])
    }

    private static func copy(_ source: String, to target: String) throws {
        do {
            try FileManager.default.copyItem(atPath: source, toPath: target)
        } catch {
            throw CommandFailure.failed("cannot copy \(source) to \(target): \(error)")
        }
    }

    private var hasSettings: Bool { access("\(folder)/\(CommonOptions.configName)", R_OK) == 0 }

    /// The page about the pipeline: its own, or the one among the documents.
    private var page: String? {
        let root = CommonOptions.programs + "/../../.."
        return [
            "\(folder)/README.md", "\(root)/docs/pipelines/\(name).md",
            "\(root)/share/doc/sluice/docs/pipelines/\(name).md",
        ].first { access($0, R_OK) == 0 }
    }
}
