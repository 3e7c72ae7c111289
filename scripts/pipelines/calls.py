"""Calls to a city's service number: its history in three layouts, and a live feed of small files.

The history comes as the city's sites have exported it over the years: 52 columns at first, 46 later, and 41 from the
programming interface, where a cell holds line breaks. A call that is in several exports has its newest state in the latest.
The live feed has lines of source, time, zip code and complaint; some come late, some come twice.
"""
import csv
import io
from datetime import datetime, timedelta, timezone

# Columns of all three layouts, as the sites call them and as the interface does.
BEGIN = [
    "Unique Key", "Created Date", "Closed Date", "Agency", "Agency Name", "Complaint Type", "Descriptor", "Location Type",
    "Incident Zip", "Incident Address", "Street Name", "Cross Street 1", "Cross Street 2", "Intersection Street 1",
    "Intersection Street 2", "Address Type", "City", "Landmark", "Facility Type", "Status", "Due Date",
    "Resolution Description", "Resolution Action Updated Date", "Community Board",
]
PLACE = ["Borough", "X Coordinate (State Plane)", "Y Coordinate (State Plane)"]
PARK = ["Park Facility Name", "Park Borough"]
SCHOOL = [
    "School Name", "School Number", "School Region", "School Code", "School Phone Number", "School Address", "School City",
    "School State", "School Zip", "School Not Found",
]
ROAD = [
    "Vehicle Type", "Taxi Company Borough", "Taxi Pick Up Location", "Bridge Highway Name", "Bridge Highway Direction",
    "Road Ramp", "Bridge Highway Segment",
]
END = ["Latitude", "Longitude", "Location"]
BOUNDARIES = ["Zip Codes", "Community Districts", "Borough Boundaries", "City Council Districts", "Police Precincts"]
OLD = BEGIN + PLACE + PARK + SCHOOL + ROAD + ["Garage Lot Name", "Ferry Direction", "Ferry Terminal Name"] + END
NEW = BEGIN + ["BBL"] + PLACE + ["Open Data Channel Type"] + PARK + ROAD + END

BOROUGHS = {
    "MANHATTAN": ["10001", "10002", "10009", "10025", "10031", "10128"], "BRONX": ["10451", "10458", "10467"],
    "BROOKLYN": ["11201", "11215", "11233"], "QUEENS": ["11101", "11372"], "STATEN ISLAND": ["10301"],
}
ZIPS = [(zip, borough) for borough, zips in BOROUGHS.items() for zip in zips]
COMPLAINTS = [
    ("NYPD", "Noise - Residential", "Banging/Pounding", 9), ("NYPD", "Illegal Parking", "Blocked Hydrant", 8),
    ("HPD", "HEAT/HOT WATER", "ENTIRE BUILDING", 8), ("DOT", "Street Condition", "Pothole", 5),
    ("DOHMH", "Rodent", "Rat Sighting", 4), ("DSNY", "Graffiti", "Graffiti, on a wall", 3),
    ("DPR", "Damaged Tree", "Branch or Limb Has Fallen Down", 2), ("DEP", "Noise", "Noise: Construction", 2),
]
AGENCIES = {
    "NYPD": "Police Department", "HPD": "Housing Preservation and Development", "DOT": "Department of Transportation",
    "DOHMH": "Department of Health", "DSNY": "Department of Sanitation", "DPR": "Department of Parks",
    "DEP": "Department of Environmental Protection",
}


def call(random, key, year):
    """What is known of a call, by the name of the site's column; times are times."""
    zip, borough = random.choice(ZIPS)
    agency, complaint, descriptor, _ = random.choices(COMPLAINTS, [weight for *_, weight in COMPLAINTS])[0]
    created = datetime(year, 1, 1) + timedelta(seconds=random.randrange(364 * 86_400))
    values = {
        "Unique Key": key, "Created Date": created, "Agency": agency, "Agency Name": AGENCIES[agency],
        "Complaint Type": complaint, "Descriptor": descriptor, "Incident Zip": zip, "Borough": borough,
        "City": "NEW YORK" if borough == "MANHATTAN" else borough, "Status": "Open", "Community Board": f"01 {borough}",
        "Street Name": f"{1 + random.randrange(90)} STREET", "Latitude": f"{random.uniform(40.5, 40.9):.8f}",
        "Longitude": f"{random.uniform(-74.2, -73.7):.8f}",
    }
    if random.random() < 0.03:
        # Some callers do not say where; some say it wrongly.
        values["Incident Zip"] = random.choice(["", "", "N/A", "1000", "10001-2345"])
    return values


def closed(random, values):
    """The same call, settled some days later."""
    end = values["Created Date"] + timedelta(seconds=3_600 + random.randrange(9 * 86_400))
    return values | {
        "Status": "Closed", "Closed Date": end, "Resolution Action Updated Date": end,
        "Resolution Description": f"The {values['Agency Name']} came, looked, and closed the call.",
    }


def table(columns, rows, write_time, location="({}, {})", quoting=csv.QUOTE_MINIMAL):
    text = io.StringIO()
    writer = csv.writer(text, quoting=quoting, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        full = row | {"Location": location.format(row["Latitude"], row["Longitude"])}
        cells = [full.get(column, "") for column in columns]
        writer.writerow([write_time(cell) if isinstance(cell, datetime) else cell for cell in cells])
    return text.getvalue()


def site_time(time):
    return time.strftime("%m/%d/%Y %I:%M:%S %p")


def interface(rows):
    """As the programming interface gives it: other names, other times, and line breaks in a cell."""
    names = {column: column.lower().replace(" (state plane)", "_state_plane").replace(" ", "_") for column in NEW}
    text = table(NEW, rows, lambda time: time.strftime("%Y-%m-%dT%H:%M:%S.000"), "\n,  \n({}, {})", csv.QUOTE_ALL)
    header, rest = text.split("\n", 1)
    return ",".join(f'"{names[column]}"' for column in NEW) + "\n" + rest


def live_line(random, time):
    """A call as the live feed tells it."""
    zip, _ = random.choice(ZIPS)
    complaint = random.choices(COMPLAINTS, [weight for *_, weight in COMPLAINTS])[0][1]
    return f"{random.choice(['phone', 'app', 'web'])};{time:%Y-%m-%dT%H:%M:%SZ};{zip};{complaint}\n"


def history(random):
    old = [call(random, 20_000_000 + number, 2012) for number in range(120)]
    old = [closed(random, row) if random.random() < 0.9 else row for row in old]
    new = [call(random, 56_000_000 + number, 2023) for number in range(160)]
    first = [closed(random, row) if random.random() < 0.5 else row for row in new]
    latest = [call(random, 60_000_000 + number, 2024) for number in range(60)]
    # What was open when the site was exported is closed in the later export.
    again = [closed(random, row) for row in first if row["Status"] == "Open"][:25]
    extra = [dict(zip(BOUNDARIES, [str(random.randrange(1, 90)) for _ in BOUNDARIES])) for _ in first]
    portal = table(NEW + BOUNDARIES, [row | more for row, more in zip(first, extra)], site_time)
    # A time that nobody can read.
    lines = table(OLD, old, site_time).split("\n")
    lines[40] = lines[40].replace(site_time(old[39]["Created Date"]), "13/45/2012 25:00:00 AM", 1)
    yield "stage-1/calls/2012.csv", "\n".join(lines)
    yield "stage-1/calls/portal.csv", portal
    yield "stage-1.2/calls/api.csv", interface(latest + again)


def live(random):
    start = datetime(2024, 4, 16, 9, 0, tzinfo=timezone.utc)
    seconds = []
    for second in range(75):
        seconds.append([live_line(random, start + timedelta(seconds=second)) for _ in range(random.randrange(1, 4))])
    for number in range(0, 75, 5):
        yield f"stage-1/calls_live/{number:04}.csv", "".join(line for lines in seconds[number:number + 5] for line in lines)
    # A file that was sent twice under another name, calls that come late, and a line that was cut off.
    yield "stage-1.2/calls_live/0075.csv", "".join(line for lines in seconds[20:25] for line in lines)
    late = [live_line(random, start + timedelta(seconds=random.randrange(60))) for _ in range(7)]
    yield "stage-1.2/calls_live/0076.csv", "".join(late) + "phone;2024-04-16T09:01:1\n"


def files(random):
    """Path and text of each file of the case."""
    yield from history(random)
    yield from live(random)


def drops(random):
    """Endlessly: key and text of a small file of the live feed, with the calls of the moment."""
    number, before = 0, ""
    while True:
        number += 1
        now = datetime.now(timezone.utc)
        # One in ten comes late, and now and then one comes twice.
        times = [now - timedelta(seconds=random.randrange(300) if random.random() < 0.1 else 0) for _ in range(random.randrange(1, 8))]
        text = "".join(live_line(random, time) for time in times)
        again = before.splitlines(keepends=True)[:1] if random.random() < 0.1 else []
        yield f"calls_live/{now:%Y-%m-%dT%H-%M-%S}-{number:06}.csv", text + "".join(again)
        before = text
