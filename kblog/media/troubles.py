"""Why a picture cannot be taken in or fetched, in the language of the interface; each is kept in English."""

from kblog.language import Sentences, noted

TROUBLES = Sentences(
    noted("drawn anew it has more than %(most)s MB"),
    noted("it broke off on the way"),
    noted("it broke off what was to draw it"),
    noted("it has more than %(most)s MB"),
    noted("it has more than %(most)s million points"),
    noted("it is empty"),
    noted("it is led on too often"),
    noted("it is no picture that can be taken: JPEG, PNG, WebP and GIF can"),
    noted("it moves, with too many points for that: only its first frame is kept"),
    noted("it takes too long to draw"),
    noted("it took more than %(seconds)s seconds"),
    noted("its address is not one of http or https"),
    noted("its address makes no sense"),
    noted("its address names the unusual port %(port)s"),
    noted("its file cannot be read: %(why)s"),
    noted("its server answers %(status)s"),
    noted("its server cannot be asked (%(why)s)"),
    noted("its server has no address"),
    noted("its server is not on the public internet"),
    noted("its server sends it packed"),
    noted("nothing can be stored: %(why)s"),
    noted("one of its sides has more than %(most)s points"),
    noted("there is something else than a picture at its address"),
)
