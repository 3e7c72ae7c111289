"""Files of a publisher of statistics: headerless TSV, one file per indicator.

The first release has three indicators. The second revises one of them under the same name and brings
another; the third sends a known indicator under a new name, with a state less and a value that is none.
"""
STATES = ["IA", "IL", "KS", "MI", "MN", "MO", "ND", "NE", "SD", "WI"]
INDICATORS = {
    "HEALTH:BIRTHS": ["RATE", "LOW_WEIGHT", "PRETERM"],
    "SCHOOL:GRADUATES": ["RATE", "STEM"],
    "WORK:JOBLESS": ["RATE", "YOUTH", "LONG_TERM"],
    "WORK:COMMUTING": ["MINUTES", "BY_BUS", "BY_CAR"],
}
# Neighbours go up and down together.
REGIONS = {"MN": 0, "WI": 0, "MI": 0, "IA": 1, "IL": 1, "MO": 1, "KS": 2, "NE": 2, "ND": 2, "SD": 2}


class Series:
    """The values of an indicator by state, year and dimension."""

    def __init__(self, random, name):
        self.random, self.name = random, name
        self.levels = {state: random.gauss(20, 4) for state in STATES}
        self.waves = {(region, dimension): [random.gauss(0, 2) for _ in range(2009, 2026)]
                      for region in range(3) for dimension in INDICATORS[name]}

    def rows(self, states, years, drift=0.0):
        for state in states:
            for year in years:
                for dimension in INDICATORS[self.name]:
                    if self.random.random() < 0.05:
                        continue
                    wave = self.waves[REGIONS[state], dimension][year - 2009]
                    value = self.levels[state] + wave + drift + self.random.gauss(0, 0.7)
                    yield f"{self.name}\tUS:ST:{state}\tY1:{year}\t{dimension}\t{value:.2f}\n"


def files(random):
    """Path and text of each file of the case."""
    series = {name: Series(random, name) for name in INDICATORS}
    births, graduates, jobless, commuting = series.values()
    first = "stage-1/indicators"
    yield f"{first}/births.tsv", "".join(births.rows(STATES, range(2012, 2021)))
    yield f"{first}/graduates.tsv", "".join(graduates.rows(STATES, range(2015, 2021)))
    yield f"{first}/jobless.tsv", "".join(jobless.rows(STATES, range(2012, 2021)))

    # A year more, and all years of two states counted again.
    yield "stage-1.2/indicators/births.tsv", "".join(
        list(births.rows(STATES[:-2], range(2012, 2022))) + list(births.rows(STATES[-2:], range(2012, 2022), 1.5))
    )
    yield "stage-1.2/indicators/commuting.tsv", "".join(commuting.rows(STATES, range(2016, 2021)))

    bad = "WORK:JOBLESS\tUS:ST:WI\tY1:2022\tRATE\tn/a\n"
    rows = [row for row in jobless.rows(STATES, range(2012, 2022)) if "US:ST:SD" not in row]
    yield "stage-1.3/indicators/2022/jobless.tsv", "".join(rows) + bad


def drops(random):
    """Endlessly: key and text of an indicator's file, sent again with other values."""
    names = list(INDICATORS)
    while True:
        name = random.choice(names)
        rows = Series(random, name).rows(STATES, range(2012, 2022))
        yield f"indicators/{name.split(':')[1].lower()}.tsv", "".join(rows)
