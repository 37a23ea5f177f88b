"""How a document's words become terms: genres, people, platforms, hashtags, and what they are filed under."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from kblog import fold, hangul, ledger, overview
from kblog.characters import characters
from kblog.document import Document
from kblog.labels import is_genre, kind_named, kind_of
from kblog.models import Availability, Credit, Filing, MovedTerm, Review, Spelling, Term, TermLink
from kblog.models.review import foldable, refold
from kblog.overview import Overview
from kblog.slugs import slug

from . import links

# Who says it with most weight.
RANK = {"overview": 0, "implied": 1, "hashtag": 2, "label": 3}
CHUNK = 100  # reviews read at once
TERMS = sa.select(Term).options(selectinload(Term.spellings))


def address_of(facet: str, name: str) -> str:
    """Return the address that a name has within its facet."""
    return slug(name, f"{facet}-{fold.fold(name).replace(' ', '-') or 'x'}"[:80])


class Terms:
    """Finds or makes the terms that reviews are filed under; one for each (facet, slug), its own or one it had before.

    All are read at once for an import; where `is_whole` is false, one review's are looked up as they are needed.
    """

    def __init__(self, session: Session, *, is_whole: bool = True) -> None:
        self.session = session
        self.is_whole = is_whole
        self.missed: set[tuple[str, str]] = set()  # what was looked up in vain
        found = session.scalars(TERMS) if is_whole else ()
        self.known = {(term.facet, term.slug): term for term in found}
        self.moved = self._moved() if is_whole else {}
        self.linked = links.snapshot(session) if is_whole else set()
        if self.moved:
            of_id = {term.id: term for term in self.known.values()}
            self.known |= {address: of_id[term_id] for address, term_id in self.moved.items()}
        self.respelt: set[Term] = set()  # people known before of whom a new spelling came, until somebody clears it

    def is_current(self) -> bool:
        """Whether the addresses that lead to other terms still lead where they did, and genres count as they did."""
        return self.moved == self._moved() and self.linked == links.snapshot(self.session)

    def file(self, review: Review, document: Document, understood: Overview) -> None:
        """File a review, which says what its document says, under everything that it names."""
        played = characters(document.body, [credit.name for credit in understood.credits])
        said = dict(document.characters)
        review.credits = [
            Credit(
                term=self.person(credit.name, credit.alias),
                role=credit.role,
                position=position,
                name=credit.name,
                alias=credit.alias,
                character=said.get(credit.name, credit.character or played.get(credit.name, "")),
            )
            for position, credit in enumerate(understood.credits)
        ]
        self._enter(review, document.entries(understood))
        review.kind = kind_of(document, understood)
        review.filings = list(self._named(review).values())

    def refile(self, review: Review) -> None:
        """File a stored review anew under what its words mean by now; its ledger goes to the platforms it writes.

        The rows change and not the review, whose text need not be folded for it. The caller flushes.
        """
        for entry in review.availability:
            if entry.platform:
                entry.written = entry.written or entry.platform.name
                entry.platform = self.term("platform", entry.written)
        held = {filing.term for filing in review.filings}
        named = self._named(review)
        for term, filing in named.items():
            if term not in held:
                filing.review_id = review.id
                self.session.add(filing)
        for filing in review.filings:
            if filing.term not in named:
                self.session.delete(filing)
        set_committed_value(review, "filings", list(named.values()))

    def _named(self, review: Review) -> dict[Term, Filing]:
        """Return what a review's words file it under, in their order; a filing that it has already says it anew."""
        said: dict[Term, tuple[str, str, str]] = {}

        def under(term: Term, origin: str, written: str = "", sense: str = "") -> None:
            held = said.get(term)
            if held is None or RANK[origin] < RANK[held[0]]:
                said.pop(term, None)  # it stands where it is said with most weight
                said[term] = (origin, written, sense)

        for phrase in review.genres:
            genre = self.genre(phrase)
            under(genre, "overview", phrase)
            for broader in links.above([genre]):
                under(broader, "implied")
        for credit in review.credits:
            under(credit.term, "overview", credit.name)
        for label in review.labels:
            for term in self._labelled(label):
                under(term, "label", label)
        for tag in review.hashtags:
            under(self.term("hashtag", tag.lstrip("#＃")), "hashtag", tag, self._sense(tag, review))
        held = {filing.term: filing for filing in review.filings}
        named = {}
        for position, (term, (origin, written, sense)) in enumerate(said.items()):
            filing = named[term] = held.get(term) or Filing(term=term)
            filing.origin, filing.position, filing.written, filing.sense = origin, position, written, sense
        return named

    def _enter(self, review: Review, entries: Sequence[ledger.Availability]) -> None:
        """Write the ledger of a review; an entry for the same platform, place and offer keeps its row."""
        rows: dict[tuple, list[Availability]] = defaultdict(list)
        for row in review.availability:
            rows[row.platform and row.platform.slug, row.region, row.offer].append(row)
        written = []
        for position, entry in enumerate(entries):
            platform = self.term("platform", entry.platform) if entry.platform else None
            held = rows[platform and platform.slug, entry.region, entry.offer]
            row = held.pop(0) if held else Availability(platform=platform, region=entry.region, offer=entry.offer)
            row.position, row.status, row.checked_on = position, entry.status, entry.checked_on
            row.link, row.note, row.written = entry.link, entry.note, entry.platform
            written.append(row)
        review.availability = written

    def respell(self) -> None:
        """Let the new spellings of people find the earlier reviews too."""
        people = [term.id for term in self.respelt]
        self.respelt.clear()
        if not people:
            return
        credited = sa.select(Credit.review_id).where(Credit.term_id.in_(people)).distinct()
        ids = self.session.scalars(credited).all()
        for start in range(0, len(ids), CHUNK):
            for review in self.session.scalars(foldable(ids[start : start + CHUNK])):
                refold(review, "people")
            self.session.flush()

    def refile_people(self, review: Review, people: Collection[Term]) -> None:
        """File a review anew where it is filed under some of these people: under whom their names mean by now.

        The rows change and not the review, whose text need not be folded for it. The caller flushes.
        """
        named: dict[Term, tuple[str, str]] = {}
        for credit in review.credits:
            if credit.term in people:
                credit.term = self.person(credit.name, credit.alias)
            named.setdefault(credit.term, ("overview", credit.name))
        for label in review.labels:
            for person in (term for term in self._labelled(label) if term.facet == "person"):
                named.setdefault(person, ("label", label))
        held = {filing.term: filing for filing in review.filings if filing.term.facet == "person"}
        places = [filing.position for filing in held.values()]
        for place, (person, (origin, written)) in enumerate(named.items()):
            filing = held.pop(person, None)
            if filing is None:
                filing = Filing(review_id=review.id, term=person)
                self.session.add(filing)
            filing.origin, filing.written = origin, written
            filing.position = places[min(place, len(places) - 1)] if places else 0
        for filing in held.values():
            self.session.delete(filing)

    def relabel(self) -> None:
        """File anew under labels that name a person, a genre or a platform which only a later review made known."""
        ids = self._outdated()
        dropped: set[Term] = set()
        for start in range(0, len(ids), CHUNK):
            with self.session.no_autoflush:
                for review in self.session.scalars(foldable(ids[start : start + CHUNK])):
                    dropped |= self._refile(review)
            self.session.flush()
        if dropped:
            held = sa.select(Filing.term_id).where(Filing.term_id.in_([term.id for term in dropped]))
            used = set(self.session.scalars(held))
            used |= set(self.session.scalars(sa.select(MovedTerm.term_id)))  # other addresses lead to it
            for term in dropped:
                if term.id not in used:
                    del self.known[term.facet, term.slug]
                    self.session.delete(term)

    def _outdated(self) -> list[int]:
        """Return the reviews with a label that is filed as a hashtag, though it names something better by now."""
        better = {address for facet, address in self.known if facet != "hashtag"}
        both = {address for facet, address in self.known if facet == "hashtag" and address in better}
        if not both:
            return []
        query = sa.select(Review.id, Review.labels, Term.facet, Term.slug, Filing.origin).select_from(Filing)
        query = query.join(Term, Term.id == Filing.term_id).join(Review, Review.id == Filing.review_id)
        rows = self.session.execute(query.where(Term.slug.in_(both))).all()
        named = {(row.id, row.slug) for row in rows if row.facet != "hashtag"}
        hashtags = [row for row in rows if row.facet == "hashtag"]
        found = {row.id for row in hashtags if row.origin == "label"}
        found |= {row.id for row in hashtags if (row.id, row.slug) not in named and row.slug in map(slug, row.labels)}
        return sorted(found)

    def _refile(self, review: Review) -> set[Term]:
        """File a review as its labels say by now; return the terms it is filed under no more."""
        held = {filing.term: filing for filing in review.filings}
        filings = {term: filing for term, filing in held.items() if RANK[filing.origin] < RANK["hashtag"]}
        for label in review.labels:
            for term in self._labelled(label):
                filings.setdefault(term, held.get(term) or Filing(term=term, origin="label", written=label))
        for term, filing in held.items():
            if filing.origin == "hashtag":  # after the labels, as the first time
                filings.pop(term, None)
                filings[term] = filing
        if filings.keys() != held.keys():
            for position, filing in enumerate(filings.values()):
                filing.position = position
            review.filings = list(filings.values())
        return held.keys() - filings.keys()

    def term(self, facet: str, name: str) -> Term:
        """Return the term of this name within its facet, made if need be."""
        address = address_of(facet, name)
        found = self._known(facet, address)
        if found is None:
            found = Term(facet=facet, slug=address, name=name)
            self.session.add(found)
            self.known[facet, address] = found
        return found

    def _known(self, facet: str, address: str) -> Term | None:
        """Return a term that is here already."""
        asked = (facet, address)
        if not self.is_whole and asked not in self.known and asked not in self.missed:
            moved = sa.select(MovedTerm.term_id).where(
                MovedTerm.facet == facet, MovedTerm.slug == address, ~MovedTerm.leads_only
            )
            own = sa.and_(Term.facet == facet, Term.slug == address)
            looked_up = self.session.scalar(TERMS.where(own | Term.id.in_(moved)))
            if looked_up:
                self.known[facet, address] = looked_up
            else:
                self.missed.add((facet, address))
        return self.known.get((facet, address))

    def _moved(self) -> dict[tuple[str, str], int]:
        query = sa.select(MovedTerm.facet, MovedTerm.slug, MovedTerm.term_id).where(~MovedTerm.leads_only)
        return {(row.facet, row.slug): row.term_id for row in self.session.execute(query)}

    def genre(self, phrase: str) -> Term:
        """Return a genre phrase with the broader genres it counts under: as the author says, else its words."""
        address = address_of("genre", phrase)
        known = self._known("genre", address)
        if known and (known.slug != address or known.broader):  # part of another one, or placed already
            return known
        words = overview.broader(phrase)
        broad = [self.term("genre", word) for word in words]
        found = self.term("genre", phrase)
        if found in broad:
            return found
        if said := self._said_of(address):
            broad = [term for target in said if said[target] and (term := self._known("genre", target))]
        else:
            targets = dict.fromkeys(address_of("genre", word) for word in words)
            self.session.add_all(TermLink(facet="genre", slug=address, target=target) for target in targets)
        found.broader = [term for term in dict.fromkeys(broad) if term is not found]
        return found

    def _said_of(self, address: str) -> dict[str, bool]:
        return links.said_of(self.session, address)

    def person(self, name: str, alias: str = "") -> Term:
        """Return a person, and keep this way of writing the name."""
        found = self.term("person", name)
        written = {spelling.name for spelling in found.spellings}
        for spelling in dict.fromkeys(filter(None, (name, alias))):
            if spelling not in written:
                found.spellings.append(Spelling(name=spelling, origin=address_of("person", name)))
                if found.id:
                    self.respelt.add(found)
            if hangul.is_hangul(spelling) and not found.native_name:
                found.native_name = spelling
        return found

    def _labelled(self, label: str) -> Iterable[Term]:
        """Return what a label names: a genre, a platform or a person known here, else a hashtag; none for a kind."""
        if kind_named(label):
            return []
        if is_genre(label) or self._known("genre", slug(label)):
            genre = self.genre(label)
            return [genre, *links.above([genre])]
        if platform := ledger.platform(label):
            return [self.term("platform", platform)]
        if platform := self._known("platform", slug(label)):
            return [platform]
        if person := self._known("person", slug(label)):
            return [person]
        return [self.term("hashtag", label)]

    def _sense(self, tag: str, review: Review) -> str:
        """Say what a hashtag names: the work, a person, a platform or a genre; "" for a free one."""
        name = fold.fold(tag).replace(" ", "")
        if name and name in {fold.fold(t).replace(" ", "") for t in (review.work_title, review.native_title)}:
            return "work"
        people = (spelling for credit in review.credits for spelling in (credit.name, credit.alias) if spelling)
        if fold.person_key(tag) in {fold.person_key(person) for person in people}:
            return "person"
        bare = tag.lstrip("#＃")
        if ledger.platform(bare):
            return "platform"
        return "genre" if is_genre(bare) else ""


class PassingTerms(Terms):
    """Terms for a review that is only drawn: every one is new, and none is looked up or stored."""

    def __init__(self) -> None:
        super().__init__(Session(), is_whole=False)

    def _known(self, facet: str, address: str) -> Term | None:
        return self.known.get((facet, address))

    def _said_of(self, address: str) -> dict[str, bool]:
        return {}
