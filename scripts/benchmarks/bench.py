"""What all measurements share: where things are, how often to repeat, and what came out."""
import dataclasses
import json
import pathlib
import statistics
import subprocess
import sys


@dataclasses.dataclass
class Figure:
    """One line of the table: a median of ours beside a median of a peer's."""

    name: str
    unit: str
    ours: list
    peer_name: str = ""
    peer: list = dataclasses.field(default_factory=list)
    target: str = ""

    @property
    def ratio(self):
        """Ours by the peer's, the median over the repetitions, which were run in turn."""
        pairs = [ours / peer for ours, peer in zip(self.ours, self.peer) if peer]
        return statistics.median(pairs) if pairs else None

    def as_json(self):
        return {
            "figure": self.name, "unit": self.unit, "ours": self.ours, "peer": self.peer_name, "theirs": self.peer,
            "ratio": self.ratio, "target": self.target,
        }


class Bench:
    def __init__(self, programs, results, is_quick, tools):
        self.programs, self.results, self.is_quick, self.tools = programs, results, is_quick, tools
        self.figures, self.details, self.python = [], {}, None
        results.mkdir(parents=True, exist_ok=True)

    def repetitions(self, quick=3, full=5):
        return quick if self.is_quick else full

    def sized(self, quick, full):
        return quick if self.is_quick else full

    def say(self, text):
        print(f"bench: {text}", file=sys.stderr, flush=True)

    def in_turn(self, repetitions, contestants):
        """Runs each contestant once, then each once more: what disturbs the machine disturbs all."""
        results = {name: [] for name in contestants}
        for repetition in range(repetitions):
            for name, run in contestants.items():
                self.say(f"{name}, {repetition + 1} of {repetitions}")
                results[name].append(run())
        return results

    def add(self, name, unit, results, ours="sluice", target=None):
        """Notes a figure for each peer in `results`, lists of numbers by contestant, and what it should be."""
        peers = [peer for peer in results if peer != ours]
        for peer in peers or [""]:
            self.figures.append(Figure(name, unit, results[ours], peer, results.get(peer, []), target or ""))

    def tool(self, name):
        """The path of a peer's program; None where it could not be had."""
        return self.tools.get(name)

    def program(self, name):
        """The path of a program of the build; None where it was not built."""
        path = self.programs / name
        return path if path.exists() else None

    def peer_python(self):
        """The Python with the packages of `scripts/peers --bench`; None where they cannot be had."""
        if self.python is None:
            script = pathlib.Path(__file__).parent.parent / "peers"
            found = subprocess.run([script, "--bench"], stdout=subprocess.PIPE, text=True)
            self.python = found.stdout.strip() if found.returncode == 0 else ""
            if not self.python:
                self.say("NumPy, SciPy and Spark cannot be had; left out")
        return self.python

    def scratch(self, name):
        folder = self.results / name
        remove(folder)
        folder.mkdir(parents=True)
        return folder

    def print_table(self):
        head = ["figure", "unit", "sluice", "target", "peer", "its figure", "ratio"]
        lines = [head, ["---"] * len(head)]
        for figure in self.figures:
            ratio = figure.ratio
            lines.append([
                figure.name, figure.unit, spread(figure.ours), figure.target, figure.peer_name, spread(figure.peer),
                (f"{ratio:.2f}" if ratio >= 0.05 else f"{ratio:.2g}") if ratio else "",
            ])
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        for line in lines:
            print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |")

    def write(self, machine):
        path = self.results / "results.json"
        content = {"machine": machine, "figures": [figure.as_json() for figure in self.figures], "details": self.details}
        path.write_text(json.dumps(content, indent=1, default=str) + "\n")
        return path


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def spread(values):
    if not values:
        return ""
    middle = number(statistics.median(values))
    return f"{middle} ({number(min(values))} to {number(max(values))})" if len(values) > 1 else middle


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def remove(path):
    import shutil

    path = pathlib.Path(path)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif path.exists() or path.is_symlink():
        path.unlink()
