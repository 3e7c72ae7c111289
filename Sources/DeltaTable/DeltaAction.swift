import FoundationEssentials

/// One change of a table's state: a line of a commit, a row of a checkpoint.
public enum DeltaAction: Equatable, Sendable {
    /// What clients must know from here on.
    case tableProtocol(TableProtocol)
    /// The table's columns and settings from here on.
    case metadata(Metadata)
    /// A file that becomes part of the table.
    case add(AddFile)
    /// A file that leaves the table.
    case remove(RemoveFile)
    /// How far an application has come.
    case transaction(Transaction)
    /// Where the commit came from.
    case commitInfo(CommitInfo)
}

extension DeltaAction: Codable {
    private enum CodingKeys: String, CodingKey {
        case tableProtocol = "protocol"
        case metadata = "metaData"
        case add
        case remove
        case transaction = "txn"
        case commitInfo
    }

    /// Reads a line of a commit.
    ///
    /// - Throws: `UnknownAction` for an action that readers may ignore.
    public init(from decoder: any Decoder) throws {
        let line = try decoder.container(keyedBy: CodingKeys.self)
        switch line.allKeys.first {
        case .tableProtocol:
            self = .tableProtocol(try line.decode(TableProtocol.self, forKey: .tableProtocol))
        case .metadata: self = .metadata(try line.decode(Metadata.self, forKey: .metadata))
        case .add: self = .add(try line.decode(AddFile.self, forKey: .add))
        case .remove: self = .remove(try line.decode(RemoveFile.self, forKey: .remove))
        case .transaction:
            self = .transaction(try line.decode(Transaction.self, forKey: .transaction))
        case .commitInfo:
            self = .commitInfo(try line.decode(CommitInfo.self, forKey: .commitInfo))
        case nil: throw UnknownAction()
        }
    }

    /// Writes a line of a commit.
    public func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .tableProtocol(let action): try line.encode(action, forKey: .tableProtocol)
        case .metadata(let action): try line.encode(action, forKey: .metadata)
        case .add(let action): try line.encode(action, forKey: .add)
        case .remove(let action): try line.encode(action, forKey: .remove)
        case .transaction(let action): try line.encode(action, forKey: .transaction)
        case .commitInfo(let action): try line.encode(action, forKey: .commitInfo)
        }
    }

    struct UnknownAction: Error {}
}

extension [DeltaAction] {
    /// Whether a commit of these actions changes the table's rows or columns, and does not only
    /// rearrange rows or note something.
    public var changeRows: Bool {
        contains { action in
            switch action {
            case .metadata: true
            case .add(let file): file.dataChange
            case .remove(let file): file.dataChange
            case .tableProtocol, .transaction, .commitInfo: false
            }
        }
    }
}

/// Actions as text: one JSON object per line, as in a commit.
public enum CommitFile {
    /// The lines of these actions, in order.
    public static func encoded(_ actions: [DeltaAction]) throws(DeltaError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var bytes: [UInt8] = []
        for action in actions {
            do {
                bytes.append(contentsOf: try encoder.encode(action))
            } catch {
                throw DeltaError(.corrupt, step: "encode a commit", detail: "\(error)")
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    /// The actions of these lines, in order, without those that readers may ignore.
    ///
    /// - Parameters:
    ///   - bytes: Lines of JSON.
    ///   - path: Where they come from, for the error.
    /// - Returns: The actions.
    /// - Throws: `DeltaError` with code `corrupt`.
    public static func decoded(_ bytes: [UInt8], path: String) throws(DeltaError) -> [DeltaAction] {
        let decoder = JSONDecoder()
        var actions: [DeltaAction] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { continue }
            do {
                actions.append(try decoder.decode(DeltaAction.self, from: Data(line)))
            } catch is DeltaAction.UnknownAction {
                continue
            } catch {
                throw DeltaError(
                    .corrupt,
                    step: "read \(path)",
                    detail: "a line is no action: \(error)"
                )
            }
        }
        return actions
    }
}
