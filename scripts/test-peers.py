"""Drops files of every type, then reads the lake tables with deltalake and Polars.

usage: test-peers.py FOLDER_OF_PROGRAMS

Both must see the rows, partitions and types that `sluice query` sees, before and after a version of
a file is replaced, files are joined, former ones removed and a column becomes wider.
"""
import json
import math
import os
import subprocess
import sys
import tempfile

import deltalake
import polars

PROGRAMS = os.path.abspath(sys.argv[1])
SETTINGS = {
    "tables": {
        "typed": {
            "columns": {
                "id": "bigint", "small": "int", "price": "decimal(10,2)", "rate": "double", "ok": "boolean",
                "day": "date", "at": "timestamp", "bytes": "binary", "place": "string",
            },
            "partitionBy": ["place", "day"],
            "sortBy": ["id"],
        },
        "indicators": {
            "format": {"type": "csv", "delimiter": "\t", "header": False},
            "columns": {name: "string" for name in ("indicator_id", "locale", "interval", "dimension_id")} | {"value": "double"},
            "partitionBy": ["indicator_id"],
            "similarity": {"perInterval": True},
        },
    }
}
PLACES = ["a b", "50%", "x:y/z=1", "Zürich", "plain", ""]


def typed(first, count):
    lines = ["id,small,price,rate,ok,day,at,bytes,place"]
    for i in range(first, first + count):
        lines.append(
            f"{i},{i % 7},{i}.25,{i / 3!r},{'true' if i % 2 else 'false'},2026-01-{1 + i % 3:02},"
            f"2026-01-01T00:00:{i % 60:02}.123456+01:00,{i:04x},{PLACES[i % len(PLACES)]}"
        )
    return "\n".join(lines) + "\n"


def indicators(places):
    rows = []
    for i in range(places):
        for year in range(2000, 2007):
            for dimension in ("D0", "D, 1"):
                if (i * 7 + year * 3 + len(dimension)) % 9:
                    rows.append(f"I:50% \u00fc\tUS:CO:{i:05}\tY1:{year}\t{dimension}\t{(i * 31 + year * 17 + len(dimension)) % 101 / 3!r}\n")
    return "".join(rows)


def nested(count):
    return "".join(
        json.dumps({"id": i, "tags": ["t"] * (i % 3), "place": {"name": f"n{i}", "at": [i, i / 2]}}) + "\n"
        for i in range(count)
    )


class Buckets:
    def __init__(self, folder):
        self.folder = folder
        with open(f"{folder}/functions.json", "w") as file:
            json.dump(SETTINGS, file)

    def sluice(self, *arguments):
        done = subprocess.run(
            [f"{PROGRAMS}/sluice", *arguments], cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"sluice {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def drop(self, key, text):
        path = f"{self.folder}/buckets/stage-1/{key}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        self.sluice("up", "--once")

    def table(self, name):
        return f"{self.folder}/buckets/lake/{name}"


def plain(value):
    """A value in a form in which all three programs agree."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, bytes):
        return value.hex()
    if hasattr(value, "isoformat"):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.12g}")
    return value if isinstance(value, (int, str, bool)) or value is None else float(value)


def check(buckets, table, schema, partitions):
    names = [name for name, _ in schema]
    by_polars = polars.read_delta(buckets.table(table)).select(names)
    types = [str(kind) for kind in by_polars.dtypes]
    expected = [kind for _, kind in schema]
    assert types == expected, f"{table}: Polars sees the types {types}, expected {expected}"
    delta = deltalake.DeltaTable(buckets.table(table))
    assert delta.metadata().partition_columns == partitions, delta.metadata().partition_columns
    by_delta = polars.from_arrow(delta.to_pyarrow_table()).select(names)
    columns = ", ".join("lower(hex(bytes)) AS bytes" if name == "bytes" else f'"{name}"' for name in names)
    answer = json.loads(buckets.sluice("query", "--format", "json", f"SELECT {columns} FROM lake.{table}"))
    ours = sorted(json.dumps(plain(row), sort_keys=True) for row in answer)
    for program, frame in (("Polars", by_polars), ("deltalake", by_delta)):
        theirs = sorted(json.dumps(plain(row), sort_keys=True) for row in frame.to_dicts())
        different = [pair for pair in zip(ours, theirs) if pair[0] != pair[1]]
        assert len(ours) == len(theirs), f"{table}: {program} sees {len(theirs)} rows, we see {len(ours)}"
        assert not different, f"{table}: {program} sees another row:\nours   {different[0][0]}\ntheirs {different[0][1]}"
    print(f"{table}: {len(ours)} rows, {len(names)} columns, partitions {partitions}: the same to deltalake and Polars")


def main():
    with tempfile.TemporaryDirectory() as folder:
        buckets = Buckets(folder)
        schema = [
            ("id", "Int64"), ("small", "Int32"), ("price", "Decimal(precision=10, scale=2)"), ("rate", "Float64"),
            ("ok", "Boolean"), ("day", "Date"), ("at", "Datetime(time_unit='us', time_zone='UTC')"),
            ("bytes", "Binary"), ("place", "String"),
        ]
        buckets.drop("typed/one.csv", typed(0, 500))
        buckets.drop("typed/two.csv", typed(500, 100))
        check(buckets, "typed", schema, ["place", "day"])
        buckets.drop("typed/one.csv", typed(0, 50))
        check(buckets, "typed", schema, ["place", "day"])
        before = deltalake.DeltaTable(buckets.table("typed"))
        buckets.sluice("compact", "typed")
        check(buckets, "typed", schema, ["place", "day"])
        after = deltalake.DeltaTable(buckets.table("typed"))
        assert after.version() == before.version() + 1 and after.history(1)[0]["operation"] == "OPTIMIZE"
        assert len(after.file_uris()) < len(before.file_uris()), f"{len(before.file_uris())} files became {len(after.file_uris())}"
        buckets.sluice("vacuum", "typed", "--retention-hours", "0")
        check(buckets, "typed", schema, ["place", "day"])
        buckets.drop("nested/one.jsonl", nested(100))
        check(
            buckets, "nested",
            [("id", "Int64"), ("tags", "List(String)"), ("place", "Struct({'at': List(Float64), 'name': String})")], [])
        buckets.drop("wide/one.csv", "id,code\n1,7\n2,8\n")
        check(buckets, "wide", [("id", "Int64"), ("code", "Int64")], [])
        buckets.drop("wide/two.csv", "id,code,more\n3,007,x\n")
        check(buckets, "wide", [("id", "Int64"), ("code", "String"), ("more", "String")], [])
        buckets.drop("indicators/one.tsv", indicators(70))
        texts = [("indicator_id", "String"), ("locale", "String"), ("comp_locale", "String")]
        doubles = [(name, "Float64") for name in ("correlation", "adjusted_correlation", "distance", "weighted_distance")]
        counts = [("n_intervals", "Int32"), ("n_dimensions", "Int32"), ("intervals_set", "Int64"), ("dimensions_set", "Int64")]
        check(buckets, "weighted_distances", texts + doubles + counts, ["indicator_id"])
        check(buckets, "distances_over_time", [*texts, ("interval", "String"), ("distance", "Float64")], ["indicator_id"])
        sets = [("indicator_id", "String"), ("set_id", "Int64"), ("members", "List(String)")]
        check(buckets, "compared_sets", sets, ["indicator_id"])


main()
