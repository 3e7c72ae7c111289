// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Where `scripts/setup` puts libduckdb.
///
/// At run time it is looked for in the folder above that of an installed program, then in the package
/// that the program was built in.
let libraries = "\(Context.packageDirectory)/.deps/lib"
let duckDBLinking: [LinkerSetting] = [
    .unsafeFlags([
        "-L\(libraries)",
        "-Xlinker", "--allow-shlib-undefined",
        "-Xlinker", "-rpath=$ORIGIN/..:$ORIGIN/../../../.deps/lib",
    ])
]

let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle"
)

/// Vectors without optimization are a hundred times slower: tests would feel it.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// The arithmetic of similarity for one set of vector instructions, which applies to a whole module.
func tile(_ name: String, _ instructions: [String]) -> Target {
    #if arch(x86_64)
    let flags = instructions.flatMap { ["-Xcc", $0] }
    #else
    let flags: [String] = []
    #endif
    return .target(
        name: name,
        dependencies: ["SimilarityLayout", "CVectors"],
        swiftSettings: strict + optimised + [.unsafeFlags(flags)]
    )
}

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A handler or another program that links DuckDB.
func duckDBProgram(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        swiftSettings: strict,
        linkerSettings: duckDBLinking
    )
}

func tests(
    _ subject: String,
    _ dependencies: [Target.Dependency] = [],
    duckDB: Bool = false
)
    -> Target
{
    .testTarget(
        name: "\(subject)Tests",
        dependencies: dependencies + ["TestSupport"],
        swiftSettings: strict,
        linkerSettings: duckDB ? duckDBLinking : []
    )
}

let package = Package(
    name: "sluice",
    products: [
        .executable(name: "sluice", targets: ["sluice"]),
        .executable(name: "sluice-sql", targets: ["sluice-sql"]),
        .executable(name: "split", targets: ["split"]),
        .executable(name: "crawl", targets: ["crawl"]),
        .executable(name: "convert", targets: ["convert"]),
        .executable(name: "load", targets: ["load"]),
        .executable(name: "similarity", targets: ["similarity"]),
        .executable(name: "derive", targets: ["derive"]),
        .executable(name: "sync", targets: ["sync"]),
        .executable(name: "publish", targets: ["publish"]),
        .executable(name: "compact", targets: ["compact"]),
        .executable(name: "vacuum", targets: ["vacuum"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C libraries: module maps and declarations only.
        .systemLibrary(name: "CXXHash"),
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CZstd"),
        .systemLibrary(name: "CVectors"),
        .target(name: "CDecimal", cxxSettings: [.unsafeFlags(["-std=c++17", "-O2"])]),
        .systemLibrary(name: "CInotifyTools"),
        .systemLibrary(name: "CDuckDB"),
        .systemLibrary(name: "CLinuxCalls"),

        // What both sides share.
        library("Events"),
        library("Buckets", ["Events", "CXXHash", "CLinuxCalls"]),
        library("FunctionConfig", ["Events"]),
        library("TableFacts", ["Events"]),
        library("Catalog", ["Events", "Buckets", "FunctionConfig"]),
        library("Verification", ["Catalog", "Events", "Buckets", "FunctionConfig"]),

        // The daemon's side.
        library("BucketWatch", ["Events", "Buckets", "CInotifyTools", "CLinuxCalls"]),
        library("Ledger", ["Events", .product(name: "GRDB", package: "GRDB.swift")]),
        library(
            "Invocation",
            [
                "Events", "FunctionConfig", "CLinuxCalls", systemPackage,
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]
        ),
        library(
            "Daemon",
            [
                "Events", "Buckets", "FunctionConfig", "BucketWatch", "Ledger", "Invocation",
                "CLinuxCalls", lifecycle, logging,
            ]
        ),
        library(
            "Restoration",
            ["Verification", "Ledger", "Catalog", "Events", "Buckets", "FunctionConfig"]
        ),
        library(
            "Reports",
            [
                "TableFacts", "Daemon", "Ledger", "BucketWatch", "Events", "Buckets",
                "FunctionConfig",
            ]
        ),
        .executableTarget(
            name: "sluice",
            dependencies: [
                "CLinuxCalls", "Reports", "Restoration", "TableFacts", "Daemon", "Ledger",
                "FunctionConfig", "Events",
                "Buckets", "Invocation", "BucketWatch", "Catalog", "Verification", argumentParser,
                logging, lifecycle, systemPackage,
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),

        // The handlers' side.
        library("HandlerRuntime", ["Events", "Buckets", "FunctionConfig"]),
        .target(
            name: "RecordSplit",
            swiftSettings: strict + optimised + [.strictMemorySafety()]
        ),
        .target(name: "SimilarityLayout", swiftSettings: strict + optimised),
        tile("SimilarityTile", []),
        tile("SimilarityTileAVX2", ["-mavx2", "-mfma"]),
        tile("SimilarityTileAVX512", ["-march=x86-64-v4", "-mprefer-vector-width=512"]),
        .target(
            name: "SimilarityKernel",
            dependencies: [
                "SimilarityLayout", "SimilarityTile", "SimilarityTileAVX2", "SimilarityTileAVX512",
                "CVectors",
            ],
            swiftSettings: strict + optimised
        ),
        // What scripts/bench calls; nobody installs it.
        .executableTarget(
            name: "kernel-bench",
            dependencies: ["SimilarityKernel", argumentParser],
            swiftSettings: strict
        ),
        .target(
            name: "ParquetFile",
            dependencies: ["CZstd", "CLinuxCalls"],
            swiftSettings: strict + optimised
        ),
        library("DuckDB", ["CDuckDB"]),
        library("DeltaTable"),
        library("LakeFiles", ["DuckDB", "DeltaTable", "Events", "Buckets"]),
        library(
            "LakeQuery",
            ["LakeFiles", "DeltaTable", "DuckDB", "FunctionConfig", "Events", "Buckets"]
        ),
        library(
            "Migrations",
            ["WarehouseAccess", "DuckDB", "HandlerRuntime", "Buckets", "FunctionConfig"]
        ),
        library(
            "TableRows",
            [
                "Catalog", "DuckDB", "HandlerRuntime", "Events", "Buckets", "FunctionConfig",
                "RecordSplit",
            ]
        ),
        library(
            "WarehouseAccess",
            ["DuckDB", "HandlerRuntime", "FunctionConfig", "TableRows", "Events"]
        ),
        library("Copying", ["HandlerRuntime", "Buckets", "FunctionConfig", "Events"]),
        .executableTarget(
            name: "sync",
            dependencies: ["Copying", "FunctionConfig", "HandlerRuntime"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "publish",
            dependencies: ["Copying", "FunctionConfig", "HandlerRuntime"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "split",
            dependencies: [
                "HandlerRuntime", "RecordSplit", "Events", "Buckets", "FunctionConfig", "CZlib",
            ],
            swiftSettings: strict
        ),
        duckDBProgram(
            "crawl",
            [
                "HandlerRuntime", "TableRows", "Catalog", "DuckDB", "Events", "Buckets",
                "FunctionConfig",
            ]
        ),
        duckDBProgram(
            "convert",
            [
                "HandlerRuntime", "TableRows", "Catalog", "DuckDB", "DeltaTable", "LakeFiles",
                "Events",
                "Buckets", "FunctionConfig",
            ]
        ),
        duckDBProgram(
            "load",
            [
                "HandlerRuntime", "TableRows", "WarehouseAccess", "Migrations", "Catalog", "DuckDB",
                "DeltaTable", "LakeFiles", "Events", "Buckets", "FunctionConfig",
            ]
        ),
        duckDBProgram(
            "similarity",
            [
                "HandlerRuntime", "SimilarityKernel", "ParquetFile", "CLinuxCalls", "CDecimal",
                "DuckDB",
                "DeltaTable", "LakeFiles", "Events", "Buckets", "FunctionConfig",
            ]
        ),
        duckDBProgram(
            "derive",
            [
                "HandlerRuntime", "TableRows", "LakeQuery", "DuckDB", "DeltaTable", "LakeFiles",
                "Events", "Buckets", "FunctionConfig",
            ]
        ),
        duckDBProgram(
            "compact",
            [
                "HandlerRuntime", "TableRows", "DuckDB", "DeltaTable", "LakeFiles", "Events",
                "Buckets", "FunctionConfig",
            ]
        ),
        duckDBProgram(
            "vacuum",
            [
                "HandlerRuntime", "TableRows", "DuckDB", "DeltaTable", "LakeFiles", "Events",
                "Buckets", "FunctionConfig",
            ]
        ),
        duckDBProgram(
            "sluice-sql",
            [
                "TableFacts", "Verification", "TableRows", "WarehouseAccess", "Migrations",
                "Catalog",
                "LakeQuery",
                "DuckDB", "DeltaTable", "LakeFiles", "HandlerRuntime", "Events", "Buckets",
                "FunctionConfig", argumentParser,
            ]
        ),

        // Tests, a folder a subject; `TestSupport` runs the built programs.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        tests("DuckDB", ["DuckDB"], duckDB: true),
        tests("DeltaTable", ["DeltaTable"]),
        tests(
            "Query",
            [
                "TableFacts", "DuckDB", "DeltaTable", "LakeFiles", "LakeQuery", "HandlerRuntime",
                "Events",
            ],
            duckDB: true
        ),
        tests("LakeFiles", ["LakeFiles", "DeltaTable", "DuckDB"], duckDB: true),
        tests("LakeQuery", ["LakeQuery", "LakeFiles", "DeltaTable", "DuckDB"], duckDB: true),
        tests("RecordSplit", ["RecordSplit"]),
        tests("ParquetFile", ["ParquetFile", "DuckDB"], duckDB: true),
        tests(
            "TableRows",
            ["TableRows", "Catalog", "Buckets", "Events", "FunctionConfig"],
            duckDB: true
        ),
        tests("Buckets", ["Buckets", "Events"]),
        tests("FunctionConfig", ["FunctionConfig", "Events"]),
        tests("Ledger", ["Ledger", "Events", .product(name: "GRDB", package: "GRDB.swift")]),
        tests("Invocation", ["Invocation", "Events", "FunctionConfig"]),
        tests(
            "Daemon",
            [
                "Daemon", "Ledger", "Invocation", "FunctionConfig", "Events", "Buckets", logging,
            ]
        ),
        tests("Reports", ["Reports", "Daemon", "Ledger", "Events", "Buckets", "FunctionConfig"]),
        tests("Split", ["Buckets", "CZlib", "Events"]),
        tests("Copying", ["Copying", "FunctionConfig", "HandlerRuntime"]),
        tests("BucketWatch", ["BucketWatch", "Events"]),
        tests("Sluice", ["sluice", "Events"]),
        tests("Case"),
        tests("Pipeline", ["Events"]),
        tests("Migrations", ["Migrations", "FunctionConfig"], duckDB: true),
        tests("Mode", ["Events", "DeltaTable", "LakeFiles", "DuckDB"], duckDB: true),
        tests("Install"),
        tests("Soak"),
        tests("Convert"),
        tests("Verification", ["Verification", "FunctionConfig", "Events", "Buckets"]),
        tests(
            "Verify",
            [
                "DuckDB", "DeltaTable", "LakeFiles", "Events",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            duckDB: true
        ),
        tests(
            "Postgres",
            ["WarehouseAccess", "HandlerRuntime", "FunctionConfig", "DuckDB", "Events"],
            duckDB: true
        ),
        tests("Derive", ["LakeFiles", "DeltaTable", "DuckDB", "Events"], duckDB: true),
        tests("SimilarityKernel", ["SimilarityKernel"]),
        tests("Similarity", ["LakeFiles", "DeltaTable", "DuckDB", "Events"], duckDB: true),
    ]
)
