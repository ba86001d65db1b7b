"""Abbreviations whose full stop does not, or may not, end a sentence. Folded in case."""

from typing import Final

NEVER_FINAL: Final = frozenset(
    """
    mm mme mmes mlle mlles dr drs pr prof mgr mr mrs ms me messrs st ste sts cf bd bld boul
    av apr ex env réf ref tél tel resp vs sq fbg fg hon rev gen gal cdt lt col capt cne
    adj sgt approx intro e.g i.e p.ex c.-à-d c-à-d art.l dép dep arr cant
    """.split()
)
"""Whatever follows, the sentence goes on: a title, or a word that calls for another."""

SOMETIMES_FINAL: Final = frozenset(
    """
    etc al art vol fig tab chap ch no nos nᵒ num n p pp t l éd ed sec sect §
    janv jan févr fév fevr feb avr apr juill juil jul aug sept oct nov déc dec
    coll trad dir min max hab h s km kg m cm mm ha inc ltd corp co cie jr sr ibid id op
    suiv sqq ss cit av.j.-c j.-c j-c apr.j.-c u.s u.k u.e e.u p.m a.m n.b p.s s.a ph.d
    """.split()
)
"""The sentence ends only if a word with a capital follows that begins another."""

STARTERS: Final = frozenset(
    """
    le la les l' un une des il elle ils elles on nous vous je tu j' ce cet cette ces c'
    cela ceci ça son sa ses leur leurs notre nos votre vos mon ma mes d' de du en au aux à
    dans sur sous avec sans pour par depuis pendant après avant selon ainsi mais or donc car
    cependant toutefois néanmoins enfin puis ensuite alors aussi si quand lorsque lorsqu'
    comme que qu' qui où quel quelle plusieurs chaque tous toutes certains aucun plus outre
    the a an it he she they we you i this that these those in on at by for from with and but
    however its his her their our when while there here after before since if as no
    """.split()
)
"""Words which, with a capital, begin a sentence even after an initial or an acronym."""
