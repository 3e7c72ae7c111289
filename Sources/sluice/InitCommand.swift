import ArgumentParser
import Buckets

/// `sluice init`: the start of a project, empty or as a copy of a pipeline that is there.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a folder to start from.",
        discussion: """
            Without --from the folder gets explained settings and a sample; with --from, a copy of \
            a pipeline: settings, SQL, saved queries and sample input that is not dropped yet.
            """
    )

    @Argument(help: ArgumentHelp("A new or empty folder.", valueName: "FOLDER"))
    var folder: String?

    @Option(
        help: ArgumentHelp(
            "The pipeline to copy: a name that --list shows, or the folder of a case.",
            valueName: "NAME"
        )
    )
    var from: String?

    @Flag(help: "List the pipelines to copy.")
    var list = false

    func run() throws {
        do {
            if list {
                try Self.printList()
            } else {
                try start()
            }
        } catch let error as BucketsError {
            throw CommandFailure.failed(error.description)
        }
    }

    private func start() throws {
        guard let folder else {
            throw CommandFailure.usage("name the folder to make: sluice init [--from NAME] FOLDER")
        }
        let project = try NewProject(at: CommonOptions.absolute(folder))
        let next: [String]
        if let from {
            let pipeline = try Pipeline.named(from)
            next = try project.fill { try pipeline.copy(to: $0) }
            Console.print("made \(folder) from the pipeline \(pipeline.name)")
        } else {
            next = try project.fill { try EmptyProject.write(to: $0) }
            Console.print("made \(folder)")
        }
        Console.print("next: " + (["cd \(folder)"] + next).joined(separator: " && "))
    }

    private static func printList() throws {
        let pipelines = try Pipeline.all()
        let width = pipelines.map(\.name.count).max() ?? 0
        for pipeline in pipelines {
            let space = String(repeating: " ", count: width - pipeline.name.count)
            Console.print(pipeline.name + (pipeline.title.map { "\(space)  \($0)" } ?? ""))
        }
        if pipelines.isEmpty {
            Console.explain("no pipelines here: \(Pipeline.folders.joined(separator: ", "))")
        }
    }
}
