import ArgumentParser
import FunctionConfig
import Ledger

/// Which dead letters a command is about: those of one function, of objects, or all.
struct DeadLetterArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Only this function's dead letters; or only those of this object, or of all below a "
                + "folder that ends with a slash.",
            valueName: "FUNCTION|BUCKET/KEY|BUCKET/FOLDER/"
        )
    )
    var chosen: String?

    /// Only dead letters of this function; what holds a slash is none.
    var function: String? { objects == nil ? chosen : nil }

    /// Only dead letters of these objects.
    var objects: ObjectChoice? { chosen.flatMap { ObjectChoice($0) } }

    /// Refuses a function that is neither in the settings nor has dead letters.
    ///
    /// - Throws: `CommandFailure`, and what reading settings and ledger throws.
    func check(_ common: CommonOptions, _ ledger: Ledger?) async throws {
        guard let function, try common.loadConfig().function(named: function) == nil else { return }
        let letters = try await ledger?.deadLetters(function: function) ?? []
        guard letters.isEmpty else { return }
        throw CommandFailure.usage("there is no function \(function) in the settings")
    }
}
