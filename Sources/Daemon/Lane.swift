import Events
import Ledger

/// The deliveries of one trigger, event and table: those a run may be made of.
struct Lane: Sendable {
    /// What tells lanes apart.
    struct Name: Hashable, Sendable {
        var trigger: String
        var event: DeliveryEvent
        /// Empty where runs hold objects of several tables.
        var table: String
    }

    /// The function that the trigger starts.
    let function: String
    /// Smallest source sequencer first; from `first` on.
    private var ready: [PendingDelivery] = []
    private var first = 0
    /// Earliest due time first.
    private var waiting: [PendingDelivery] = []

    init(function: String) { self.function = function }

    var isEmpty: Bool { first == ready.count && waiting.isEmpty }

    /// The delivery whose turn it is; nil when none is due.
    var head: PendingDelivery? { first < ready.count ? ready[first] : nil }

    /// When the next waiting delivery is due, in microseconds since 1970.
    var nextDue: Int64? { waiting.first?.dueAt }

    var count: Int { ready.count - first + waiting.count }

    /// Puts a delivery into its place; one that is there already stays alone.
    mutating func insert(_ delivery: PendingDelivery) {
        if let due = delivery.dueAt {
            let place = waiting.partitioningIndex { ($0.dueAt ?? 0) > due }
            waiting.insert(delivery, at: place)
            return
        }
        if first == ready.count || Self.precedes(ready[ready.count - 1], delivery) {
            ready.append(delivery)
            return
        }
        let place = ready[first...].partitioningIndex { !Self.precedes($0, delivery) }
        guard place == ready.count || ready[place].id != delivery.id else { return }
        ready.insert(delivery, at: place)
    }

    /// Moves what is due among the ready ones.
    mutating func wake(at now: Int64) {
        while let delivery = waiting.first, let due = delivery.dueAt, due <= now {
            waiting.removeFirst()
            var delivery = delivery
            delivery.dueAt = nil
            insert(delivery)
        }
    }

    /// Takes deliveries out.
    mutating func remove(_ ids: Set<Int64>) {
        ready = ready[first...].filter { !ids.contains($0.id) }
        first = 0
        waiting.removeAll { ids.contains($0.id) }
    }

    /// When a run may begin with what is ready, in microseconds since 1970.
    ///
    /// At once if it is full, else when the window of the oldest has passed; nil when nothing is
    /// ready.
    func readyAt(_ gathering: DispatchRules.Gathering) -> Int64? {
        guard first < ready.count else { return nil }
        guard gathering.window > 0 else { return 0 }
        var bytes: Int64 = 0
        var oldest = Int64.max
        for delivery in ready[first...].prefix(gathering.size) {
            bytes += delivery.bytes
            oldest = min(oldest, delivery.recordedAt)
            // A part of a batch that failed has been gathered before.
            if delivery.batchLimit != nil { return 0 }
        }
        let isFull = ready.count - first >= gathering.size || bytes >= gathering.bytes
        return isFull ? 0 : oldest + gathering.window
    }

    /// Takes the next batch: at least one delivery, as many as sizes and limits admit.
    mutating func take(_ gathering: DispatchRules.Gathering) -> [PendingDelivery] {
        var batch: [PendingDelivery] = []
        var bytes: Int64 = 0
        var limit = gathering.size
        while first < ready.count {
            let next = ready[first]
            let nextLimit = min(limit, next.batchLimit ?? .max)
            let fits = batch.count < nextLimit && bytes + next.bytes <= gathering.bytes
            guard batch.isEmpty || fits else { break }
            batch.append(next)
            bytes += next.bytes
            limit = nextLimit
            first += 1
        }
        if first > 1024, first * 2 > ready.count {
            ready.removeFirst(first)
            first = 0
        }
        return batch
    }

    private static func precedes(_ left: PendingDelivery, _ right: PendingDelivery) -> Bool {
        (left.order, left.id) < (right.order, right.id)
    }
}

extension RandomAccessCollection {
    /// The first place from which on `belongsBehind` holds for all elements.
    fileprivate func partitioningIndex(
        where belongsBehind: (Element) -> Bool
    ) -> Index {
        var low = startIndex
        var length = count
        while length > 0 {
            let half = length / 2
            let middle = index(low, offsetBy: half)
            if belongsBehind(self[middle]) {
                length = half
            } else {
                low = index(after: middle)
                length -= half + 1
            }
        }
        return low
    }
}
