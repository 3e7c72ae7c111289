import FunctionConfig
import HandlerRuntime
import Testing

@testable import Copying

@Suite("What programs that copy complain of")
struct CopyFailureTests {
    private func failure(
        _ place: FolderCopy.Place,
        _ code: Int32,
        _ lines: String...
    ) -> CopyFailure? {
        let copy = FolderCopy(direction: .sync, place: place, folder: "stage-1", options: [])
        return CopyFailure(copy, end: .exit(code), lines: lines)
    }

    @Test("is sorted by their own words")
    func reasons() {
        let s3 = FolderCopy.Place.s3("s3://b")
        let host = FolderCopy.Place.host("h:p")
        let remote = FolderCopy.Place.rclone("r:p")
        #expect(failure(s3, 0) == nil)
        #expect(failure(s3, 2) == nil)
        #expect(failure(host, 24) == nil)
        #expect(failure(remote, 24)?.reason == .other)
        #expect(failure(s3, 1, "fatal error: Unable to locate credentials")?.reason == .denied)
        let expected: [(FolderCopy.Place, String, CopyFailure.Reason)] = [
            (s3, "fatal error: Could not connect to the endpoint URL: \"x\"", .away),
            (s3, "fatal error: An error occurred (NoSuchBucket) when calling", .missing),
            (s3, "download failed: s3://b/x to x [Errno 28] No space left on device", .full),
            (host, "ssh: connect to host h port 22: Connection refused", .away),
            (host, "me@h: Permission denied (publickey,password).", .denied),
            (host, "@ERROR: Unknown module 'm'", .missing),
            (
                host, "rsync: [sender] send_files failed to open \"x\": Permission denied (13)",
                .other
            ),
            (remote, "Failed to copy: directory not found", .missing),
            (remote, "dial tcp: lookup h: no such host", .away),
        ]
        for (place, line, reason) in expected {
            #expect(failure(place, 9, line)?.reason == reason, "\(line)")
        }
    }

    @Test("tells where it was, and never a secret")
    func text() {
        let failure = failure(.s3("s3://b"), 1, "note", "fatal error: Could not connect")
        let error = failure?.error(after: 3)
        #expect(error?.kind == .notNow)
        #expect(error?.type == "SourceAway")
        #expect(
            error?.message.hasPrefix(
                "s3://b was not copied to stage-1 after 3 files: aws ended with 1: fatal error"
            ) == true
        )
        let secrets = Secrets(["RSYNC_PASSWORD": "open sesame", "A_KEY": "1", "HOME": "/root/x"])
        #expect(secrets.hidden(in: "1 /root/x open sesame") == "1 /root/x ***")
    }
}
