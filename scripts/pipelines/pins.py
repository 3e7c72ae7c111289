"""Posts, places and users of a picture board, as Kafka Connect writes three topics into a bucket.

A post, the place that it came from and the user who made it have one number. Fields hold the texts that the
board shows where it has nothing; some records come twice, within a file and across files.
"""
import json
from datetime import datetime, timedelta
from uuid import UUID

TOPICS = ["app.pin", "app.geo", "app.user"]
CATEGORIES = [
    "art", "beauty", "christmas", "diy-and-crafts", "education", "event-planning", "finance", "home-decor", "mens-fashion",
    "quotes", "tattoos", "travel", "vehicles",
]
COUNTRIES = ["Albania", "Aruba", "Bhutan", "Cuba", "Fiji", "Ghana", "Iceland", "Nepal", "Peru", "Tonga"]
POSTERS = ["Blue Kettle", "Lamp & Ladder", "The Paper Boat", "Nine Knots", "Oak Street", "Tide Tables", "Slow Sunday"]
FIRST = ["Amanda", "Brian", "Carlos", "Dana", "Elif", "Frank", "Grace", "Hugo"]
LAST = ["Archer", "Blake", "Cruz", "Doyle", "Evans", "Flores"]
NOTHING = {
    "title": "No Title Data Available", "description": "No description available Story format",
    "follower_count": "User Info Error", "poster_name": "User Info Error", "image_src": "Image src error.",
    "tag_list": "N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e",
}


def stamp(random, first_year, years):
    moment = datetime(first_year, 1, 1) + timedelta(seconds=random.randrange(years * 365 * 86_400))
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def post(random, number):
    category = random.choice(CATEGORIES)
    followers = random.choice(["{}", "{}k", "{}k", "{}k", "{}M"]).format(1 + random.randrange(900))
    if followers.endswith("M"):
        followers = f"{1 + random.randrange(9)}M"
    kind = random.choice(["image", "image", "video", "multi-video(story page format)"])
    record = {
        "category": category, "description": f"{category.capitalize()} for everybody, “{number}” of them… ",
        "downloaded": random.randrange(2), "follower_count": followers,
        "image_src": f"https://images.example/{number:06}.jpg", "index": number, "is_image_or_video": kind,
        "poster_name": random.choice(POSTERS), "save_location": f"Local save in /data/{category}",
        "tag_list": ",".join(random.sample(CATEGORIES, 3)), "title": f"{category.capitalize()} no. {number}",
        "unique_id": str(UUID(int=random.getrandbits(128), version=4)),
    }
    if random.random() < 0.08:
        record["description"] = NOTHING["description"]
    if random.random() < 0.03:
        record |= NOTHING | {"downloaded": 0}
    elif random.random() < 0.02:
        record["description"] = "No description available"
    return record


def place(random, number):
    return {
        "country": random.choice(COUNTRIES), "ind": number, "latitude": round(random.uniform(-90, 90), 4),
        "longitude": round(random.uniform(-180, 180), 3), "timestamp": stamp(random, 2017, 6),
    }


def user(random, number):
    return {
        "age": 18 + int(42 * random.random() ** 2), "date_joined": stamp(random, 2015, 3),
        "first_name": random.choice(FIRST), "ind": number, "last_name": random.choice(LAST),
    }


def records(random, numbers):
    """A list for each topic."""
    return [[make(random, number) for number in numbers] for make in (post, place, user)]


def lines(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def connect_file(topic, offset):
    return f"topics/{topic}/partition=0/{topic}+0+{offset:010}.json"


def files(random):
    """Path and text of each file of the case."""
    numbers = random.sample(range(1, 9000), 170)
    for topic, rows in zip(TOPICS, records(random, numbers)):
        # What was sent twice: within the first file, and in the second one.
        first = rows[:120] + random.sample(rows[:120], 3)
        second = random.sample(rows[:120], 3) + rows[120:160]
        yield "stage-1/" + connect_file(topic, 0), lines(first)
        yield "stage-1.2/" + connect_file(topic, len(first)), lines(second)
        for number, row in enumerate(rows[160:]):
            yield f"stage-1.3/stream/{topic}/{number:04}.json", lines([row])


def drops(random):
    """Endlessly: key and text of a small file with one record, as a stream delivers it."""
    number = 0
    while True:
        number += 1
        for topic, rows in zip(TOPICS, records(random, [random.randrange(1, 9000)])):
            yield f"stream/{topic}/{datetime.now():%Y-%m-%dT%H-%M-%S}-{number:06}.json", lines(rows)
