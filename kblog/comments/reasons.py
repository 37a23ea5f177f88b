"""Why a comment waits or is gone, in the language of the interface; each reason is kept in English, as it was given."""

from kblog.language import Sentences, noted

REASONS = Sentences(
    noted("A field that people do not see was filled in"),
    noted("Blocked: %(entry)s"),
    noted("Sent %(number)s seconds after its form was opened"),
    noted("Sent %(number)s second after its form was opened"),
    noted("It says “%(words)s”"),
    noted("%(number)s links"),
    noted("Its name is a web address"),
    noted("The same words were posted before"),
    noted("It resembles what was marked as spam (%(share)s)"),
    noted("First comment under this name"),
    noted("Every comment is read before it appears"),
    noted("The author decided so"),
    noted("Taken back by its writer"),
    noted("so it was on the old blog"),
)
