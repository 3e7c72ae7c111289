"""Generated inputs, the same for the same seed, kept between calls."""
import os
import pathlib
import subprocess
import sys

COLUMNS = {"indicator_id": "string", "locale": "string", "interval": "string", "dimension_id": "string", "value": "double"}
INDICATORS = {
    "format": {"type": "csv", "delimiter": "\t", "header": False},
    "columns": COLUMNS,
    "partitionBy": ["indicator_id"],
    "sortBy": ["locale"],
}
BYTES_PER_ROW = 44.9


def generated(bench, kind, *arguments):
    path = bench.results / "-".join([kind, *arguments, "1.tsv"])
    if not path.exists():
        bench.say(f"generating {path.name}")
        with open(f"{path}.part", "w") as file:
            generate = pathlib.Path(__file__).parent.parent / "generate"
            subprocess.run([sys.executable, generate, kind, *arguments, "1"], stdout=file, check=True)
        os.rename(f"{path}.part", path)
    return path


def indicators(bench, megabytes):
    """A TSV of about that size: 40 indicators, in order."""
    return generated(bench, "series", str(round(megabytes * 1e6 / BYTES_PER_ROW, -2)).split(".")[0])


def small_files(folder, count):
    for number in range(count):
        lines = "".join(f"{number * 10 + line},name {line},{line / 7:.4f}\n" for line in range(10))
        (folder / f"{number:06}.csv").write_text("id,name,value\n" + lines)


def warm(path):
    """Reads a file, so that what is measured is no disk."""
    with open(path, "rb") as file:
        while file.read(1 << 24):
            pass
