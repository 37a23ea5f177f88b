"""Where in a review a word may stand, what it weighs there, and the names under which a search asks for each place."""

COLUMNS = ("titles", "people", "tags", "headings", "body", "lines")

EVERYWHERE, PHRASE, LINES, RANKED = "everywhere", "phrase", "lines", "ranked"
# Where all of a search may stand, the best place first.
TITLES, PEOPLE, LABELS = "titles", "people", "labels"
NAMED = {TITLES: ("titles",), PEOPLE: ("people",), "names": ("titles", "people")}
PLACES = {**NAMED, LABELS: ("titles", "people", "tags", "headings")}
WEIGHTS = (10, 10, 4, 4, 1, 2)  # of a word in each of the columns
MOST_RANKED = 1000  # found: more, and the word is in everything; counting it costs more than it tells
