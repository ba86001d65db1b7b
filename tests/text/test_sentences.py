import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.sentences import MAX_CHARACTERS, split_sentences

CASES = """
Bonjour à tous.|Le salon ouvre demain.
M. Dupont arrive.|Mme Martin part.
MM. Dupont et Durand sont là.
Mme. Durand et Mlle. Petit viennent.
Le Dr. House est médecin.|Il soigne.
Le Pr. Martin et Me. Durand plaident.
Voir n° 12.|Le reste suit.
La loi n° 78-17 du 6 janvier 1978 s'applique.|Elle protège.
L'art. L. 121-1 du code s'applique.|La suite aussi.
Selon l'art. L.121-1 et l'art. R. 311-2-1, tout va bien.
Voir art. 12 du règlement.|Fin.
C'est une œuvre d'art.|Le musée l'expose.
Des fruits, p. ex. Pommes et poires.
Des pommes, des poires, etc. sont là.
Des pommes, des poires, etc.|Le marché ferme.
Il cite Durand et al. (2020) et d'autres.
Il cite Durand et al. dans son livre.
Cf. Martin sur ce point.
Vercingétorix, en 52 av. J.-C. déjà, se rend.
Alésia tombe en 52 av. J.-C.|Les Gaulois se rendent.
Mort en 14 apr. J.-C. à Nole.
La ville de St. Louis est grande.
Voir vol. 3, p. 12 et fig. 4.
Voir chap. IV du livre.
Voir vol. IV.|Le reste est perdu.
Le coût est de 1,7 Md€.|Il monte.
Pi vaut 3.14 environ.|Voilà.
Il viendra le 1er janv. 2026 à Paris.
Ouverture en sept. 2025.|Fermeture en oct. 2025.
J. R. R. Tolkien est né en 1892.|Il écrit.
John F. Kennedy parle.
Il prend de la vitamine C.|Le corps en a besoin.
C'est le plan B.|Il faut le suivre.
Il hésite… puis il part.
Il hésite…|Puis il part.
Il hésite...|Puis il part.
Il hésite... et il part.
Quoi ?!|Rien.
Vraiment ?|Oui !|Bien.
« Vraiment ? » demanda-t-il.
Ah ! dit-il en riant.
Yahoo! a été vendu.
The U.S. Army arrived.
He lives in the U.S.|The end.
Mr. Smith met Mrs. Jones.|They left.
See e.g. Smith on this.
Apples, i.e. fruits, are good.
It opens at 9 p.m.|The show is long.
Apple Inc. is big.
He works at Apple Inc.|The firm is big.
The answer is no.|We leave.
See No. 5 for more.
Voir https://exemple.fr/a.b.html?c=1.2 pour la suite.
Écrire à jean.dupont@exemple.fr.|Merci.
Ouvrir le fichier rapport.final.pdf ici.
La version 4.1.2 est sortie.|Elle corrige tout.
Le site www.impots.gouv.fr.|Il est lent.
1. Titre du chapitre
1. Premier point.|2. Deuxième point.
1.2. Sous-partie du texte
IV. Conclusions du rapport
A. Contexte général
a) premier cas ; b) second cas.
Le 1° de l'article et le 2° aussi.
Trois priorités : donner à chacun ; favoriser ; renforcer.
Le texte (voir p. 12, al. 3, etc.) est clair.
Le texte est clair (voir annexe).|La suite aussi.
Il est venu. (Voir le rapport.)|Il repart.|= Il est venu.|(Voir le rapport.)|Il repart.
C'est acquis.¹|Le reste suit.
C'est acquis.[1]|Le reste suit.
C'est acquis. [1]|Le reste suit.
C'est acquis [1].|Le reste suit.
C'est acquis.[^2]|Le reste suit.
Pour tous les agents publics.12|Le reste suit.
C'est fini.|3 février 2026 : ouverture.
C'est fini.|« Tant mieux », dit-il.
C'est fini.|— Tant mieux.
C'est fini.|À bientôt.
C'est fini.|Été comme hiver.
« Première phrase.|Deuxième phrase. »|Il se tait.
Il dit : « Venez. »|Puis il part.
Il dit : « Venez ».|Puis il part.
Il dit : “Venez.”|Puis il part.
Il dit : "Venez."|Puis il part.
Le coordinateur affirme : « Notre ambition est claire ».|Ainsi va Milipol.
**C'est en gras.**|La suite ne l'est pas.
C'est **en gras**.|La suite ne l'est pas.
Voir [le site](https://a.b/c.d).|Puis revenir.
_Quand ?_|Demain.
Début […] suite.|Fin.
Il est parti.|[…] Il revient.
Il est parti (!) sans rien dire.
En 2025.|Le salon revient.
Le roi Louis XIV.|Le soleil.
Il y avait 15 min. de retard.
Il attend 15 min.|Le train part.
Env. 50 personnes et max. 60.
La S.A. Dupont est fondée.
N.B. : ceci est important.
Réf. 2024-12 à rappeler.|Merci.
Tél. : 01 23 45 67 89.|Merci.
12 av. Foch, Paris.|Fin.
merci encore.|je suis là.
Fin de l'intro. de la thèse.
Le XXe s. fut long.
北京很大。|上海也很大。
Une ligne
coupée en deux.|Une autre
ligne.
"""


def rows() -> list[tuple[str, list[str]]]:
    cases = []
    for line in (
        CASES.strip()
        .replace("\ncoupée", "\\ncoupée")
        .replace("\nligne", "\\nligne")
        .split("\n")
    ):
        text, _, expected = line.replace("\\n", "\n").partition("|= ")
        if expected:
            cases.append((text.replace("|", " "), expected.split("|")))
        else:
            cases.append((text.replace("|", " "), text.split("|")))
    return cases


def texts(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)]


def test_table_is_large() -> None:
    assert len(rows()) >= 80


def test_boundaries() -> None:
    found = {text: texts(text) for text, _ in rows()}
    assert found == dict(rows())


def test_lines_and_rests() -> None:
    cases = [
        ("Titre\n\nTexte", ["Titre", "Texte"]),
        ("Titre\r\n\r\nTexte", ["Titre", "Texte"]),
        ("une ligne\r\nune autre", ["une ligne\r\nune autre"]),
        ("Voici :\n- un\n- deux", ["Voici :", "- un\n- deux"]),
        ("Voici :\n- un ;\n- deux.", ["Voici :", "- un ;", "- deux."]),
        ("Voici\n• un\n• deux", ["Voici", "• un", "• deux"]),
        ("Voici\n1. un\n2) deux\na) trois", ["Voici", "1. un", "2) deux", "a) trois"]),
        (
            "les risques\n– liés aux logiciels – demeurent",
            ["les risques\n– liés aux logiciels – demeurent"],
        ),
        ("10\u00a0000 € !\u00a0» Oui.", ["10\u00a0000 € !\u00a0»", "Oui."]),
        ("Fin. ***", ["Fin. ***"]),
        ("*** Début.", ["*** Début."]),
        ("  \n ", []),
        ("", []),
        ("...", ["..."]),
    ]
    found = {text: texts(text) for text, _ in cases}
    assert found == dict(cases)


@pytest.mark.parametrize("mark", ["; ", ": ", ", ", "\n", " "])
def test_long_data_is_cut_after_a_mark(mark: str) -> None:
    text = mark.join(["donnée"] * 600)
    pieces = texts(text)
    assert len(pieces) > 1
    assert all(len(piece) <= MAX_CHARACTERS for piece in pieces)
    assert all(piece.startswith("donnée") for piece in pieces)
    assert all(piece.endswith(("donnée", mark.strip() or "e")) for piece in pieces)


def test_a_semicolon_is_preferred_to_white_space() -> None:
    text = "mot " * 200 + "fin ; " + "suite " * 150
    assert texts(text)[0].endswith("fin ;")


def test_a_word_is_cut_only_if_it_is_too_long_itself() -> None:
    text = "court " + "x" * 3000
    assert [len(piece) for piece in texts(text)] == [5, 1200, 1200, 600]


@pytest.mark.parametrize(
    "unit",
    [".", " ", "«", "a", ". ", "a. ", "\n", " »", ".»", "a.\n", ".1 ", "[1]", "A.", "\r\n"],
)
def test_hostile_repetition_is_bounded(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    spans = split_sentences(text)
    assert all(span.end - span.start <= MAX_CHARACTERS for span in spans)


WRITTEN = st.text(
    st.one_of(st.characters(), st.sampled_from(list(".!?…«»\n\r 1aAé[](),;:*'’\u00a0")))
)


@given(WRITTEN)
def test_spans_are_stripped_ordered_and_complete(text: str) -> None:
    spans = split_sentences(text)
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        assert text[end : span.start].strip() == ""
        assert text[span.start : span.end].strip() == text[span.start : span.end]
        end = span.end
    assert text[end:].strip() == ""


@given(st.text(st.sampled_from("ab .,;:\n"), min_size=1200, max_size=4000))
def test_no_word_is_cut(text: str) -> None:
    for span in split_sentences(text):
        assert span.end - span.start <= MAX_CHARACTERS
        before, after = text[: span.end][-1200:], text[span.end : span.end + 1]
        if after.isalpha() and before[-1].isalpha():
            assert len(before.split()[-1]) >= 1199


@given(WRITTEN)
def test_splitting_a_sentence_again_loses_nothing(text: str) -> None:
    for span in split_sentences(text):
        inside = text[span.start : span.end]
        again = split_sentences(inside)
        assert again[0].start == 0
        assert again[-1].end == len(inside)
