"""What words do in a question: the closed classes of French and English, folded.

Articles, prepositions, pronouns, auxiliaries and question words are few and can be listed;
so can the nouns that are always of something. All other words are content.
"""

from enum import Enum, auto
from typing import Final


class WordClass(Enum):
    """What a word does in a question."""

    ASKING = auto()
    DETERMINER = auto()
    PREPOSITION = auto()
    OTHER = auto()
    """A pronoun, an auxiliary, a conjunction, an adverb: no part of a noun phrase."""
    ATTRIBUTE = auto()
    """A noun that is always of something: a date, a price, a head."""
    NUMBER = auto()
    NAME = auto()
    """A proper noun, an acronym, a code, a word between quotation marks."""
    CONTENT = auto()


_ASKING: Final = """
    qui que qu' quoi quand comment combien pourquoi quel quelle quels quelles lequel laquelle
    lesquels lesquelles
    who whom whose what which when where why how
"""
_OF_FRENCH: Final = {
    WordClass.DETERMINER: """
        le la les l' un une des du au aux ce cet cette ces mon ma mes ton ta tes son sa ses
        notre nos votre vos leur leurs chaque plusieurs tout toute tous toutes
    """,
    WordClass.PREPOSITION: """
        de d' a en dans pour par sur sous avec sans chez vers entre contre depuis pendant avant
        apres selon jusqu' hors lors envers parmi malgre
    """,
    WordClass.OTHER: """
        je j' tu il elle on nous vous ils elles se s' me m' te t' y lui eux moi toi ca cela ceci
        c' celui celle ceux celles ci est sont etait etaient ete fut furent sera seront serait
        ai as ont avait avaient aura auront aurait eu peut peuvent pourra doit doivent devra
        faut fait font va vont ne n' pas plus moins tres bien aussi encore deja exactement
        precisement donc alors et ou mais si puis comme dont t ainsi non oui ca etre avoir faire
        aller trouve trouvent
    """,
}
_OF_ENGLISH: Final = {
    WordClass.DETERMINER: """
        the a an this that these those my your his her its our their each every
    """,
    WordClass.PREPOSITION: "of in on at for to from with by about into under over after before",
    WordClass.OTHER: """
        i you he she it we they me him them us is are was were be been being do does did has
        have had will would can could should must may might not and or but if then so also
        there as s t please exactly really much many long take takes took held
    """,
}
_ATTRIBUTES: Final = """
    date dates jour annee heure horaire horaires calendrier echeance lieu adresse endroit ville
    pays siege prix cout couts tarif tarifs budget montant montants somme subvention delai
    delais duree nombre chiffre chiffres effectif effectifs taux part pourcentage taille
    capacite puissance superficie objectif objectifs but buts raison raisons role mission
    missions nom sigle definition signification directeur directrice president presidente
    dirigeant dirigeante chef responsable secretaire fondateur fondatrice auteur membre membres
    partenaire partenaires organisateur financement sanction sanctions amende amendes peine
    condition conditions critere criteres etape etapes exception exceptions limite maximum
    minimum maximal minimal total annuel general generale resultat resultats source sources
    coute coutent dure durent dirige dirigent preside fonctionne marche sert existe signifie
    time year day place venue address city price cost amount fee deadline duration number size
    goal purpose name director president head chair founder author members budget fine penalty
    conditions criteria steps results costs runs leads works means
"""
MONTHS: Final = frozenset(
    """
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
    january february march april may june july august september october november december
    """.split()
)
COMMON_ACRONYMS: Final = frozenset("IA AI HT TTC PDF URL FAQ TVA OK RH PC API".split())
"""Too common to name what a question is about."""


def _by_word(classes: dict[WordClass, str]) -> dict[str, WordClass]:
    every: dict[WordClass, str] = {
        WordClass.ATTRIBUTE: _ATTRIBUTES,
        **classes,
        WordClass.ASKING: _ASKING,
    }
    return {word: kind for kind, words in every.items() for word in words.split()}


ATTRIBUTES: Final = frozenset(_ATTRIBUTES.split())
"""The nouns that are always of something."""

FRENCH: Final = _by_word(_OF_FRENCH)
"""The class of each listed word of French; a word that is not there is content."""

ENGLISH: Final = _by_word(_OF_ENGLISH)
"""The same for English."""
