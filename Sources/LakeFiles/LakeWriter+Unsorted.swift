import DuckDB
import FoundationEssentials
import Glibc

extension LakeWriter {
    /// Writes rows that have neither partitions nor an order as they come.
    ///
    /// What may become more than one file is parted by DuckDB, which mixes the rows.
    func writeUnsorted(
        _ select: String,
        _ input: LakeInput?,
        on connection: borrowing Connection,
        _ stamp: Stamp,
        into files: inout LakeFiles
    ) throws(LakeFilesError) {
        try files.makeFolder("")
        let rows = "SELECT \(dataColumns(stamp)) FROM (\(typed(select, stamp)))"
        guard let input, input.size > targetFileSize else {
            let name = newName()
            let path = "\(table)/\(name)"
            let copied = try CopiedFile.copy(rows, to: path, on: connection)
            guard let file = copied.first, file.count > 0 else {
                return LakeFiles.removeFile(path)
            }
            files.adds.append(add(name, file, stamp))
            return
        }
        let folder = "\(table)/.copying-\(mark)-\(UUID().uuidString.lowercased())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let copied = try Self.withoutOrder(on: connection) { () throws(LakeFilesError) in
            try CopiedFile.copy(
                rows,
                to: folder,
                options: ", FILE_SIZE_BYTES \(targetFileSize)",
                on: connection
            )
        }
        for file in copied where file.count > 0 {
            let name = newName()
            guard rename(file.path, "\(table)/\(name)") == 0 else {
                throw LakeFilesError(
                    step: "rename \(file.path)",
                    detail: String(cString: strerror(errno))
                )
            }
            files.adds.append(add(name, file, stamp))
        }
    }

    /// Lets DuckDB mix rows, which spares memory and time.
    static func withoutOrder<Result>(
        on connection: borrowing Connection,
        _ body: () throws(LakeFilesError) -> Result
    ) throws(LakeFilesError) -> Result {
        func keepOrder(_ keeps: Bool) throws(LakeFilesError) {
            do {
                try connection.execute("SET preserve_insertion_order = \(keeps)")
            } catch {
                throw LakeFilesError(step: "set the order of rows", error)
            }
        }
        try keepOrder(false)
        let result: Result
        do throws(LakeFilesError) {
            result = try body()
        } catch {
            try? keepOrder(true)
            throw error
        }
        try keepOrder(true)
        return result
    }
}
