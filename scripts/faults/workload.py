"""What is dropped: files of every kind of table in generations, the same for the same seed."""
import json
import random
import sqlite3

from flow import Fault, wait

REGIONS = ["north", "south", "east", "west"]
FUNCTIONS = {
    name: {"handler": name, "retryDelays": [0]}
    for name in ("split", "crawl", "convert", "load", "similarity", "derive", "compact", "vacuum")
}


def settings(warehouse="warehouse.duckdb", schema=None, **functions):
    """All modes, files in several chunks, a derived table, distances; a killed run is tried again at once."""
    found = {
        "functions": {name: dict(FUNCTIONS[name]) | functions.get(name, {}) for name in FUNCTIONS},
        "triggers": ["standard"],
        "tables": {
            "orders": {"partitionBy": ["region"], "sortBy": ["id"], "columns": {"amount": "double", "id": "bigint"}},
            "prices": {"mode": "replace", "chunks": "purge"},
            "stock": {"mode": "upsert", "keys": ["sku"], "onDelete": "retract"},
            "visits": {"onDelete": "retract"},
            "sales": {"mode": "replace_partitions", "partitionBy": ["day"]},
            "indicators": {
                "format": {"type": "csv", "delimiter": "\t", "header": False}, "partitionBy": ["indicator_id"],
                "columns": {"indicator_id": "string", "locale": "string", "interval": "string", "dimension_id": "string",
                            "value": "double"},
                "similarity": {},
            },
            "totals": {"from": ["orders"], "query": "totals.sql"},
        },
        "warehouse": warehouse,
    }
    found["functions"]["split"]["environment"] = {"CHUNK_BYTES": "500"}
    if schema:
        found["warehouseSchema"] = schema
    return found


TOTALS = "SELECT region, count(*) AS orders, sum(id) :: BIGINT AS ids FROM orders GROUP BY region"
STORED = ["orders", "visits", "prices", "stock", "sales", "indicators", "totals", "weighted_distances", "loose"]
DEAD = ["orders/latin.csv"]


def generations(seed, count=4, orders=6):
    """A list of generations; each is a list of keys with their content, `None` to delete, in the order of dropping.

    Of tables whose rows depend on the order of arrival a generation has one file each.
    """
    dice = random.Random(seed)
    made = []
    for number in range(count):
        files = []
        for each in range(orders):
            # Overwritten in the next generation by fewer rows, then new ones.
            name = f"{(number // 2) * orders + each:03}"
            files.append((f"orders/{name}.csv", order_rows(dice, f"{number}-{name}", 40 - 9 * number)))
        files.append((f"prices/{number}.csv", "item,price\n" + "".join(
            f"item{item},{dice.randrange(100)}.5\n" for item in range(5 + dice.randrange(20)))))
        files.append((f"stock/{number}.jsonl", "".join(
            json.dumps({"sku": f"s{dice.randrange(30)}", "left": dice.randrange(1000), "seen": number}) + "\n" for _ in range(25))))
        files.append((f"sales/{number}.csv", "day,shop,sum\n" + "".join(
            f"2026-01-{1 + (number + day) % 6:02},{shop},{dice.randrange(900)}\n" for day in range(3) for shop in range(4))))
        files.append((f"indicators/{number % 2}.tsv", "".join(
            f"i{number % 2}\tplace{place}\t{2000 + year}\tall\t{dice.random():.6f}\n" for place in range(6) for year in range(6))))
        # A table of which nothing is said, with columns that become wider.
        word = dice.choice(["x", "3", "2.5"])
        files.append((f"loose/{number}.csv", f"a,b\n1,{number}\n2,{word}\n"))
        files.append((f"visits/{number}.csv", "who,when\n" + "".join(f"p{row},{number}\n" for row in range(8))))
        if number >= 2:
            # Rows that had given way to those of a file come back when it goes.
            files += [(f"visits/{number - 1}.csv", None), (f"stock/{number - 1}.jsonl", None)]
        if number == 0:
            files.append(("orders/latin.csv", b"id,amount,region\n1,2.0,K\xf6ln\n"))
        made.append(files)
    return made


def order_rows(dice, name, rows):
    lines = ["id,amount,region,note"]
    for row in range(rows):
        # About one in twenty goes to quarantine.
        amount = "n/a" if dice.random() < 0.05 else f"{dice.randrange(10_000) / 100}"
        lines.append(f"{row},{amount},{dice.choice(REGIONS)},{name}")
    return "\n".join(lines) + "\n"


def same_rows(files, again):
    """The same files with other bytes: blank lines are no rows."""
    return [
        (key, (content if isinstance(content, bytes) else content.encode()) + b"\n" * again)
        for key, content in files if content is not None
    ]


def drop_all(flow, made, between=lambda: None, recorded=True):
    """Drops every generation, if wanted only when the one before is in the ledger, so that their order is sure."""
    for files in made:
        for key, content in files:
            flow.delete(key) if content is None else flow.drop(key, content)
            between()
        if recorded:
            wait(
                lambda: noticed(flow) >= (flow.drops, flow.deletions),
                f"{flow.drops} files and {flow.deletions} deletions in the ledger of {flow.folder}")


def noticed(flow):
    """How many files, and deletions that take rows away, the ledger knows of."""
    try:
        return flow.ledger(
            "SELECT (SELECT count(*) FROM objects WHERE bucket = 'stage-1'), (SELECT count(*) FROM removals)")[0]
    except sqlite3.Error:
        return (0, 0)


def tables(flow):
    """All rows of all tables, in lake and warehouse, which must be the same in both."""
    found = {}
    for table in STORED:
        found[table] = flow.rows("lake", table)
        warehouse = flow.rows("warehouse", table)
        if found[table] != warehouse:
            raise Fault(f"{flow.folder}: lake.{table} has {len(found[table])} rows, the warehouse {len(warehouse)}, or other ones")
    return found
