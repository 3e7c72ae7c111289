"""Files of a video-streaming company: those of its app (CSV) and a vendor's dumps (JSON arrays).

The vendor sends everything it has each time. What it sends the second and third time differs: records
are changed, missing or new, and books get a member that they had not.
"""
import csv
import io
import json
from datetime import datetime, timedelta, timezone

BERLIN = timezone(timedelta(hours=1))
TITLES = [
    "Unforgiven", "Nosferatu", "Metropolis", "The General", "Safety Last!", "Sunrise: A Song of Two Humans",
    "The Gold Rush", "Sherlock Jr.", "Faust", "The Wind", "Greed", "Wings", "The Cabinet of Dr. Caligari",
    "Intolerance", "Broken Blossoms", "Der müde Tod", "The Phantom of the Opera", "The Kid", "The Circus",
    "Pandora's Box", "Battleship Potemkin", "Way Down East", "He Who Gets Slapped", "Seven Chances", "Orlacs Hände",
]
LANGUAGES = ["English", "German", "French", "Korean", "Tagalog", "Hakka"]
BOOKS = [
    "The Sealed Room", "Letters from Nowhere", "A House of Glass", "The Long Way Down", "Salt", "The Last Lamp",
    "Nine Rivers", "The Clockmaker", "An Empty Chair", "Winter Quarters", "The Other Shore", "Bread and Iron",
    "The Map of Wind", "Half a Kingdom", "Low Tide", "The Glass Bell",
]
FIRST = ["Ada", "Bram", "Chiara", "Dieter", "Esra", "Farid", "Greta", "Hana", "Ivo", "Jun", "Kemal", "Lena"]
LAST = ["Abel", "Brandt", "Chen", "Dijk", "Ek", "Fischer", "Gupta", "Haas", "Ito", "Jansen"]
PUBLISHERS = ["Harbour Press", "North & Sons", "Quill", "Left Bank Books"]
NATIONS = ["Singaporeans", "Italians", "Dutch", "Welsh", "Armenians", "Guianese (French)"]
WORDS = "tabula nova aqua mons vetus arbor lux umbra ventus silva porta mare".split()
RATES = ["ONE", "TWO", "THREE", "FOUR", "FIVE"]


def moment(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}" + time.strftime("%z")


def table(header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def dump(records):
    return json.dumps(records, indent=2, ensure_ascii=False) + "\n"


class Company:
    """Everything that it and its vendor know, the same for the same generator of random numbers."""

    def __init__(self, random):
        self.random = random
        names = [(first, last) for first in FIRST for last in LAST]
        people = random.sample(names, 60)
        self.users = [(first, last, f"{first}.{last}@mail.example".lower()) for first, last in people[:44]]
        self.movies = [
            (title, random.randrange(50, 160), random.choice(LANGUAGES), random.randrange(500, 2400)) for title in TITLES
        ]
        self.authors = [self.author(" ".join(name)) for name in people[44:]]
        self.books = [self.book(name) for name in BOOKS]
        self.reviews = [self.review(number) for number in range(40)]

    def author(self, name):
        born = datetime(1920 + self.random.randrange(60), 1 + self.random.randrange(12), 1 + self.random.randrange(28))
        nation = self.random.choice(NATIONS)
        slug = "".join(letter for letter in nation.lower().replace(" ", "-") if letter.isalpha() or letter == "-")
        return {
            "metadata": {"name": name, "birth_date": born.strftime("%Y-%m-%dT00:00:00.000+0000"), "died_at": None},
            "nationalities": [{"id": None, "label": nation, "slug": slug}, {"id": None, "label": "", "slug": None}],
        }

    def book(self, name):
        author = self.random.choice(self.authors)["metadata"]["name"]
        return {
            "name": name, "pages": self.random.randrange(120, 900), "author": author,
            "publisher": self.random.choice(PUBLISHERS),
        }

    def review(self, number):
        created = datetime(2021, 11, 1, tzinfo=BERLIN) + timedelta(milliseconds=self.random.randrange(30 * 86_400_000))
        rate = self.random.randrange(5)
        return {
            "content": {"text": " ".join(self.random.choices(WORDS, k=4)).capitalize() + "."},
            "rating": {"rate": rate + 1, "label": RATES[rate]},
            "books": [{"id": None, "metadata": {"title": self.random.choice(BOOKS).upper(), "pages": "unknown"}}],
            # The vendor's own list of movies has fewer, and ends with a mark.
            "movies": [{"id": 0, "title": self.random.choice(TITLES[:18]).upper()}, {"id": 0, "title": "end"}],
            "updated": moment(created + timedelta(hours=self.random.randrange(400))),
            "created": moment(created),
        }

    def stream(self, start):
        title, minutes, _, size = self.random.choice(self.movies)
        part = self.random.choice([0.05, 0.3, 0.55, 0.8, 0.97, 1.4]) + self.random.random() / 50
        return (
            title, self.random.choice(self.users)[2], size * part, moment(start),
            moment(start + timedelta(minutes=minutes * part)),
        )

    def streams(self, first_day, days, count):
        seconds = sorted(self.random.random() * days * 86_400 for _ in range(count))
        start = datetime(2021, 12, first_day, tzinfo=BERLIN)
        return [self.stream(start + timedelta(seconds=second)) for second in seconds]

    def christmas(self):
        """Sessions on both sides of the borders of the morning that two questions are about."""
        title, minutes, _, size = self.movies[0]
        day = datetime(2021, 12, 25, tzinfo=BERLIN)
        times = [(5, 0, 7, 0), (5, 30, 7, 1), (7, 0, 8, 10), (9, 15, 10, 0), (11, 59, 13, 0), (12, 0, 13, 0)]
        for (hour, minute, last_hour, last_minute), user in zip(times, self.users):
            start, end = day.replace(hour=hour, minute=minute), day.replace(hour=last_hour, minute=last_minute)
            yield (title, user[2], float(size), moment(start), moment(end))


STREAMS = ["movie_title", "user_email", "size_mb", "start_at", "end_at"]


def app_files(company):
    users = ["first_name", "last_name", "email"]
    yield "stage-1/users/users.csv", table(users, company.users[:40])
    movies = ["title", "duration_mins", "original_language", "size_mb"]
    yield "stage-1/movies/movies.csv", table(movies, company.movies)
    yield "stage-1/streams/2021-12-first-half.csv", table(STREAMS, company.streams(1, 15, 90))
    # The app sends its users whole, and streams as they come.
    yield "stage-1.2/users/users.csv", table(users, company.users)
    second = sorted(company.streams(16, 15, 110) + list(company.christmas()), key=lambda stream: stream[3])
    yield "stage-1.2/streams/2021-12-second-half.csv", table(STREAMS, second)


def vendor_files(company):
    authors, books, reviews = company.authors, company.books, company.reviews
    nameless = company.author(None)
    yield "stage-1/vendor/authors.json", dump(authors[:-1] + [nameless])
    yield "stage-1/vendor/books.json", dump(books[:-1])
    yield "stage-1/vendor/reviews.json", dump(reviews[:-4])

    # The second author has died, the third is missing, the last is new.
    gone = {"metadata": authors[1]["metadata"] | {"died_at": "2021-12-20T00:00:00.000+0000"}}
    yield "stage-1.2/vendor/authors.json", dump([authors[0], authors[1] | gone] + authors[3:])
    # The first book has another publisher, the second is missing, the last is new.
    books[0] = books[0] | {"publisher": "Second Edition House"}
    yield "stage-1.2/vendor/books.json", dump([books[0]] + books[2:])
    # The first review is milder now, the second was withdrawn, the last are new.
    reviews[0] = reviews[0] | {"rating": {"rate": 4, "label": "FOUR"}, "updated": "2021-12-22T10:00:00.000+0100"}
    yield "stage-1.2/vendor/reviews.json", dump([reviews[0]] + reviews[2:])

    # From now on books have a number, and the first one more pages.
    books[0] = books[0] | {"pages": books[0]["pages"] + 16}
    numbered = [book | {"isbn": f"978-0-00-{number:06}-0"} for number, book in enumerate(books) if number != 1]
    yield "stage-1.3/vendor/books.json", dump(numbered)


def files(random):
    """Path and text of each file of the case."""
    company = Company(random)
    yield from app_files(company)
    yield from vendor_files(company)


def drops(random):
    """Endlessly: key and text of a small file as the app would write it, or of a vendor's dump."""
    company = Company(random)
    yield "users/users.csv", table(["first_name", "last_name", "email"], company.users)
    yield "movies/movies.csv", table(["title", "duration_mins", "original_language", "size_mb"], company.movies)
    number = 0
    while True:
        number += 1
        if number % 50 == 1:
            book = random.randrange(len(company.books))
            company.books[book] = company.book(BOOKS[book])
            yield "vendor/books.json", dump(random.sample(company.books, len(company.books) - 1))
            continue
        now = datetime.now(BERLIN)
        rows = [company.stream(now - timedelta(hours=random.random() * 3)) for _ in range(1 + random.randrange(5))]
        yield f"streams/{now:%Y-%m-%dT%H-%M-%S}-{number:06}.csv", table(STREAMS, rows)
