import ArgumentParser
import Dispatch
import Foundation
import SimilarityKernel

/// Measures the arithmetic of similarity alone, and how much of what the processor can do it is.
struct KernelBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernel-bench",
        abstract: "Compare all pairs of made-up locales, and print how long it took, as JSON."
    )

    @Option(help: "Locales, all of one class.") var locales = 3_142
    @Option(help: "Intervals.") var intervals = 15
    @Option(help: "Dimensions.") var dimensions = 8
    @Option(help: "The share of cells that have no value.") var missing = 0.1
    @Option(help: "How often it is measured.") var repetitions = 5
    @Option(help: "portable, avx2 or avx512. (default: the fastest of this processor)")
    var instructions: String?

    mutating func run() throws {
        let chosen = try chosenInstructions()
        let scores = ZScores(values())
        let packed = PackedIndicator(scores, instructions: chosen)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var seconds: [Double] = []
        var packing: [Double] = []
        var ranking: [Double] = []
        for _ in 0..<repetitions {
            packing.append(Self.seconds { _ = PackedIndicator(scores, instructions: chosen) })
            var band: ComparedBand?
            seconds.append(
                Self.seconds { band = ComparedBand(0..<locales, of: packed, topK: nil) }
            )
            guard let band else { continue }
            let groups = packed.groups(of: 0..<locales, rows: 122_880, topK: nil)
            ranking.append(
                Self.seconds {
                    DispatchQueue.concurrentPerform(iterations: groups.count) {
                        _ = band.columns(of: groups[$0])
                    }
                }
            )
        }
        // Seven for each cell that the row of a pair has, of unordered pairs.
        let pairs = Double(locales) * Double(locales + 1) / 2
        let work = pairs * Double(intervals * dimensions) * (1 - missing) * 7
        let peak = Self.peak(chosen, cores: cores)
        let median = seconds.sorted()[seconds.count / 2]
        print(
            """
            {"instructions":"\(chosen.rawValue)","threads":\(cores),"seconds":\(seconds),\
            "packingSeconds":\(packing),"rankingSeconds":\(ranking),"multiplyAdds":\(work),\
            "peakMultiplyAddsPerSecond":\(peak),"peakFraction":\(work / median / peak)}
            """
        )
    }

    private func chosenInstructions() throws -> VectorInstructions {
        guard let instructions else { return .best }
        let known = VectorInstructions.available.map(\.rawValue).joined(separator: ", ")
        guard let chosen = VectorInstructions(rawValue: instructions),
            VectorInstructions.available.contains(chosen)
        else {
            throw ValidationError("this processor has \(known), not \(instructions)")
        }
        return chosen
    }

    private func values() -> IndicatorValues {
        var values = IndicatorValues(
            classes: Array(repeating: 0, count: locales),
            intervals: intervals,
            dimensions: dimensions
        )
        var state: UInt64 = 2_026
        func unit() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) * 0x1p-53
        }
        for locale in 0..<locales {
            for interval in 0..<intervals {
                for dimension in 0..<dimensions where unit() >= missing {
                    values.insert(
                        unit(),
                        locale: locale,
                        interval: interval,
                        dimension: dimension
                    )
                }
            }
        }
        return values
    }

    /// The most multiplications with an addition a second, on all cores.
    private static func peak(_ instructions: VectorInstructions, cores: Int) -> Double {
        let rounds = 20_000_000
        var best = 0.0
        for _ in 0..<3 {
            let count = instructions.multiplyAdd(rounds: 1).count * rounds * cores
            let seconds = seconds {
                DispatchQueue.concurrentPerform(iterations: cores) { _ in
                    withExtendedLifetime(instructions.multiplyAdd(rounds: rounds)) {}
                }
            }
            best = max(best, Double(count) / seconds)
        }
        return best
    }

    private static func seconds(_ body: () -> Void) -> Double {
        let elapsed = ContinuousClock().measure(body).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    }
}

KernelBench.main()
