"""Files of an online shop: what visitors did (CSV), properties of items (CSV), the tree of categories (CSV), and
page views by the hour (JSON lines).

Times are milliseconds since 1970. One file of events and one of properties went through a spreadsheet, which wrote
their times as 1.43344E+12.
"""
import csv
import io
import json
from datetime import datetime, timedelta, timezone

DAY = datetime(2015, 6, 1, tzinfo=timezone.utc)
PROPERTIES = ["available", "categoryid", "790", "888", "364", "678", "202", "776", "839", "6", "28", "981"]
EVENTS = ["timestamp", "visitorid", "event", "itemid", "transactionid"]
VALUES = ["timestamp", "itemid", "property", "value"]
PAGES = ["/", "/search", "/item", "/basket", "/pay"]


def table(names, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue()


def milliseconds(moment):
    return int(moment.timestamp() * 1000)


def spoiled(time):
    """A time as a spreadsheet shows it and then saves it."""
    return f"{time:.5E}"


class Shop:
    def __init__(self, random):
        self.random = random
        self.parents = {}
        for category in range(60):
            known = sorted(self.parents)
            self.parents[category] = random.choice(known) if known and category % 15 else None
        self.leaves = sorted(set(self.parents) - set(self.parents.values()))
        self.items = [10_000 + 37 * number for number in range(80)]
        self.orders = 4_000

    def events(self, day, visitors):
        """What visitors did on a day: most look, some put an item into the basket, a few of these buy it."""
        random, rows = self.random, []
        for _ in range(visitors):
            visitor, time = random.randrange(100_000), DAY + timedelta(days=day, seconds=random.randrange(80_000))
            for item in random.sample(self.items, 1 + random.randrange(3)):
                time += timedelta(milliseconds=1 + random.randrange(600_000))
                rows.append([milliseconds(time), visitor, "view", item, ""])
                if random.random() < 0.25:
                    time += timedelta(milliseconds=1 + random.randrange(60_000))
                    rows.append([milliseconds(time), visitor, "addtocart", item, ""])
                    if random.random() < 0.4:
                        self.orders += 1
                        time += timedelta(milliseconds=1 + random.randrange(60_000))
                        rows.append([milliseconds(time), visitor, "transaction", item, self.orders])
        return sorted(rows)

    def values(self, week, items):
        """What items were like on the Sunday of a week; texts are word numbers, n stands before a number."""
        random, rows = self.random, []
        time = milliseconds(DAY + timedelta(days=7 * week - 1, hours=3))
        for item in items:
            for name in PROPERTIES:
                if name == "available":
                    value = random.randrange(2)
                elif name == "categoryid":
                    value = random.choice(self.leaves)
                elif name == "790":
                    value = f"n{random.randrange(500, 90_000)}.000"
                else:
                    value = " ".join(str(random.randrange(1_000_000)) for _ in range(1 + random.randrange(4)))
                rows.append([time, item, name, value])
        random.shuffle(rows)
        return rows

    def tree(self):
        return table(["categoryid", "parentid"], [[child, parent] for child, parent in self.parents.items()])

    def views(self, moment, count):
        """Page views of the hour that begins at a moment."""
        random = self.random
        times = sorted(moment + timedelta(milliseconds=random.randrange(3_600_000)) for _ in range(count))
        return "".join(
            json.dumps({
                "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "visitorid": random.randrange(100_000), "page": random.choice(PAGES), "ms": random.randrange(20, 3_000),
            }) + "\n"
            for time in times
        )


def files(random):
    """Path and text of each file of the case."""
    shop = Shop(random)
    for day in range(2):
        yield f"stage-1/events/2015-06-{day + 1:02}.csv", table(EVENTS, shop.events(day, 60))
    yield "stage-1/item_properties/part1.csv", table(VALUES, shop.values(0, shop.items[:60]))
    yield "stage-1/category_tree/category_tree.csv", shop.tree()
    for hour in range(0, 24, 4):
        moment = DAY + timedelta(hours=hour)
        yield f"stage-1/page_views/{moment:%Y-%m-%dT%H}.jsonl", shop.views(moment, 8)

    # A spreadsheet has spoiled the times of the third day and of the second part. One event has no time at all, and
    # one no item.
    rows = [[spoiled(time), *rest] for time, *rest in shop.events(2, 60)]
    rows[3][0] = "yesterday"
    rows[7][3] = ""
    yield "stage-1.2/events/2015-06-03.csv", table(EVENTS, rows)
    rows = [[spoiled(time), *rest] for time, *rest in shop.values(1, shop.items[40:])]
    yield "stage-1.2/item_properties/part2.csv", table(VALUES, rows)
    # The tree is sent whole each time: one category has moved, one is new.
    shop.parents[max(shop.parents)] = 0
    shop.parents[60] = max(shop.parents)
    yield "stage-1.2/category_tree/category_tree.csv", shop.tree()
    for hour in range(22, 46, 4):
        moment = DAY + timedelta(hours=hour)
        yield f"stage-1.2/page_views/{moment:%Y-%m-%dT%H}.jsonl", shop.views(moment, 8)


def drops(random):
    """Endlessly: key and text of a small file as the shop's programs would write it."""
    shop = Shop(random)
    yield "category_tree/category_tree.csv", shop.tree()
    yield "item_properties/part1.csv", table(VALUES, shop.values(0, shop.items))
    number = 0
    while True:
        number += 1
        now = datetime.now(timezone.utc)
        name = f"{now:%Y-%m-%dT%H-%M-%S}-{number:06}"
        if number % 3 == 0:
            yield f"page_views/{name}.jsonl", shop.views(now - timedelta(hours=1), 1 + random.randrange(5))
        else:
            yield f"events/{name}.csv", table(EVENTS, shop.events((now - DAY).days, 1 + random.randrange(3)))
