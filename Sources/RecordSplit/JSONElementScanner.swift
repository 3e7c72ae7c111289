/// Elements of JSON text, each on one line, as they come out of ``JSONElementScanner``.
public struct JSONLines: Sendable, Equatable {
    /// The elements, each followed by a line feed; the last one may still be incomplete.
    public var bytes: [UInt8] = []
    /// The places in ``bytes`` behind the line feed of each complete element.
    public var ends: [Int] = []
    /// The physical line on which each complete element began, from 1.
    public var lines: [Int] = []

    /// No elements.
    public init() {}

    /// Forgets everything but the room it took.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
    }
}

/// Why JSON text does not fall into elements.
public struct JSONFlaw: Error, Equatable, Sendable {
    /// What stands where it must not.
    public enum Problem: Equatable, Sendable {
        /// The text ends before the array, or the last element, is closed; it was opened on a line.
        case notClosed(opened: Int)
        /// A bracket closes one of another kind, or none.
        case wrongBracket
        /// Something other than a comma follows an element, or a comma does where none belongs.
        case betweenElements
        /// Something follows the closed array.
        case behindArray
        /// The text does not begin with `[`.
        case noArray
    }

    /// What is wrong.
    public let problem: Problem
    /// The physical line, from 1.
    public let line: Int
}

/// Finds the elements of an array at top level, or documents one after the other, in one pass and
/// in any pieces, and writes each on one line.
///
/// Only brackets and strings are looked at: whether an element is valid JSON is for its reader. A
/// line break and the white space behind it become one space, inside a string a tab, where either
/// is as invalid as the other. Source: RFC 8259, sections 2 and 7.
public struct JSONElementScanner: Sendable {
    /// How the elements stand in the text.
    public enum Form: Sendable {
        /// One array at top level.
        case array
        /// Values one after the other, with or without white space between them.
        case documents
    }

    private enum State: UInt8 {
        case beforeArray, beforeFirst, beforeNext, inside, string, escape, scalar, behind, ended
    }

    private let form: Form
    private var state: State
    private var open = OpenBrackets()
    /// The physical line behind what was taken so far, from 1.
    public private(set) var line = 1
    private var arrayLine = 1
    private var elementLine = 1
    private var lastWasReturn = false
    private var skipsSpace = false

    /// Begins at the start of the text, or behind its byte-order mark.
    public init(_ form: Form) {
        self.form = form
        state = form == .array ? .beforeArray : .beforeFirst
    }

    /// Takes the next bytes and appends what is in them to `output`.
    public mutating func scan(_ bytes: RawSpan, into output: inout JSONLines) throws(JSONFlaw) {
        output.bytes.reserveCapacity(output.bytes.count + bytes.byteCount)
        var index = 0
        while index < bytes.byteCount {
            switch state {
            case .inside, .string, .escape:
                index = try takeElement(bytes, from: index, &output)
            case .scalar:
                if try takeScalar(bytes.byte(index), &output) { index += 1 }
            case .beforeArray, .beforeFirst, .beforeNext, .behind, .ended:
                try takeOutside(bytes.byte(index), &output)
                index += 1
            }
        }
    }

    /// Says that no more bytes come.
    public mutating func finish(into output: inout JSONLines) throws(JSONFlaw) {
        switch state {
        case .ended: return
        case .scalar where form == .documents: endElement(&output)
        case .beforeFirst where form == .documents: return
        case .beforeArray: throw JSONFlaw(problem: .noArray, line: line)
        default:
            let opened = form == .array ? arrayLine : elementLine
            throw JSONFlaw(problem: .notClosed(opened: opened), line: line)
        }
    }

    /// Takes the rest of an object, array or string at top level.
    ///
    /// - Returns: The place behind it, or the end.
    private mutating func takeElement(
        _ span: RawSpan,
        from start: Int,
        _ output: inout JSONLines
    ) throws(JSONFlaw) -> Int {
        var index = start
        // What is copied as it is, up to a line break or the end.
        var run = start
        while index < span.byteCount {
            if skipsSpace {
                let byte = span.byte(index)
                if JSONMark.isBlank(byte) {
                    count(byte)
                    index += 1
                    run = index
                    continue
                }
                skipsSpace = false
                lastWasReturn = false
            }
            if state != .escape {
                index = JSONMark.next(in: span, from: index, inString: state == .string)
            }
            guard index < span.byteCount else { break }
            let byte = span.byte(index)
            index += 1
            if Mark.isLineBreak(byte) {
                output.append(span, run..<index - 1)
                run = index
                takeLineBreak(byte, &output)
                continue
            }
            lastWasReturn = false
            if state == .inside {
                try takeStructure(byte)
            } else if state == .escape {
                state = .string
            } else if byte == Mark.quote {
                state = .inside
            } else if byte == JSONMark.backslash {
                state = .escape
            }
            if state == .inside, open.isEmpty {
                output.append(span, run..<index)
                endElement(&output)
                return index
            }
        }
        output.append(span, run..<index)
        return index
    }

    @inline(__always)
    private mutating func takeStructure(_ byte: UInt8) throws(JSONFlaw) {
        switch byte {
        case Mark.quote: state = .string
        case JSONMark.openObject, JSONMark.openArray: open.push(byte)
        case JSONMark.closeObject, JSONMark.closeArray:
            guard open.pop(byte) else { throw JSONFlaw(problem: .wrongBracket, line: line) }
        default: break
        }
    }

    private mutating func takeLineBreak(_ byte: UInt8, _ output: inout JSONLines) {
        count(byte)
        if state == .inside {
            output.bytes.append(Mark.space)
            skipsSpace = true
        } else {
            output.bytes.append(JSONMark.tab)
            state = .string
        }
    }

    /// Takes a byte of a number or a word at top level; false if the byte stands behind it.
    private mutating func takeScalar(
        _ byte: UInt8,
        _ output: inout JSONLines
    ) throws(JSONFlaw) -> Bool {
        switch byte {
        case Mark.quote, JSONMark.openObject, JSONMark.openArray, JSONMark.closeObject:
            throw JSONFlaw(problem: .betweenElements, line: line)
        case JSONMark.comma, JSONMark.closeArray:
            endElement(&output)
            return false
        case _ where JSONMark.isBlank(byte):
            endElement(&output)
            return false
        default:
            output.bytes.append(byte)
            return true
        }
    }

    private mutating func takeOutside(_ byte: UInt8, _ output: inout JSONLines) throws(JSONFlaw) {
        if JSONMark.isBlank(byte) { return count(byte) }
        lastWasReturn = false
        switch (state, byte) {
        case (.beforeArray, JSONMark.openArray):
            state = .beforeFirst
            arrayLine = line
        case (.beforeArray, _):
            throw JSONFlaw(problem: .noArray, line: line)
        case (.ended, _):
            throw JSONFlaw(problem: .behindArray, line: line)
        case (.behind, JSONMark.comma):
            state = .beforeNext
        case (.behind, JSONMark.closeArray), (.beforeFirst, JSONMark.closeArray):
            guard form == .array else { throw JSONFlaw(problem: .wrongBracket, line: line) }
            state = .ended
        case (.behind, _), (_, JSONMark.comma), (_, JSONMark.closeArray), (_, JSONMark.closeObject):
            throw JSONFlaw(problem: .betweenElements, line: line)
        default:
            beginElement(byte, &output)
        }
    }

    private mutating func beginElement(_ byte: UInt8, _ output: inout JSONLines) {
        elementLine = line
        output.bytes.append(byte)
        switch byte {
        case JSONMark.openObject, JSONMark.openArray:
            open.push(byte)
            state = .inside
        case Mark.quote: state = .string
        default: state = .scalar
        }
    }

    private mutating func endElement(_ output: inout JSONLines) {
        output.bytes.append(Mark.lineFeed)
        output.ends.append(output.bytes.count)
        output.lines.append(elementLine)
        skipsSpace = false
        state = form == .array ? .behind : .beforeFirst
    }

    /// Counts the line that ends with `byte`, if it is a line break.
    private mutating func count(_ byte: UInt8) {
        if Mark.isLineBreak(byte), !(byte == Mark.lineFeed && lastWasReturn) { line += 1 }
        lastWasReturn = byte == Mark.carriageReturn
    }
}
