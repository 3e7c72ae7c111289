import HandlerRuntime
import RecordSplit

/// What makes an object impossible to split; its sender is told what to do.
enum InputFlaw {
    case text(TextFlaw)
    case notUTF16(offset: Int)
    case unsupported(String)
    case longHeader
    case json(JSONFlaw)

    /// The error for the object `name`.
    func error(in name: String) -> HandlerError { error(in: name, line: 1) }

    /// The error for the object `name`, found on a physical line of its unpacked content.
    func error(in name: String, line: Int) -> HandlerError {
        switch self {
        case .text(.notUTF8(let offset)):
            .input(
                "NotUTF8",
                "\(name), line \(line): byte \(offset) of the text is not UTF-8; expected UTF-8, or "
                    + "UTF-16 with a byte-order mark: convert the file, for example with "
                    + "`iconv -f latin1 -t utf-8`"
            )
        case .text(.binary(let offset)):
            .input(
                "BinaryFile",
                "\(name), line \(line): byte \(offset) is 0, so this is a binary file; expected "
                    + "CSV, TSV or JSON as text, plain or gzip"
            )
        case .notUTF16(let offset):
            .input(
                "NotUTF16",
                "\(name), line \(line): half a character at byte \(offset) of text that is UTF-16 "
                    + "by its byte-order mark; copy the whole file again, or save it as UTF-8"
            )
        case .unsupported(let kind):
            .input(
                "UnsupportedFile",
                "\(name) is a \(kind); expected CSV, TSV or JSON as text, plain or gzip: unpack or "
                    + "export it"
            )
        case .longHeader:
            .input(
                "LongHeader",
                "\(name), line \(line): the header does not end within the first MiB; expected a "
                    + "header of the table's settings: check its quotes, or set `format.header` to "
                    + "false"
            )
        case .json(let flaw):
            .input("BrokenJSON", "\(name), line \(flaw.line): \(flaw.sentence)")
        }
    }
}

extension JSONFlaw {
    /// What was expected and what to do.
    fileprivate var sentence: String {
        switch problem {
        case .notClosed(let opened):
            "the file ends, but the array or object opened on line \(opened) is not closed; copy "
                + "the whole file again, or close it"
        case .wrongBracket:
            "a bracket closes one that was not opened; expected `]` for `[` and `}` for `{`: correct "
                + "the element here"
        case .betweenElements:
            "expected one comma between two elements of the array, and nothing else; correct the "
                + "file here, or write one object on each line without commas"
        case .behindArray:
            "expected nothing behind the closing `]`; put all objects into one array, or write one "
                + "object on each line"
        case .noArray: "expected `[`"
        }
    }
}
