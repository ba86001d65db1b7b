import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.mentions import find_mentions, mention_kinds
from rag.types import Mention

FOUND = """
DATE|Le salon ouvre le [3 février 2026] à Paris.
DATE|Paris – Espace Champerret les [30 juin & 1er juillet 2026]
DATE|Du [6 au 11 février 2025], Paris accueille.
DATE|Les [18 et 19 février] prochains.
DATE|Le plan de [février 2025] est suivi.
DATE|La période [2018-2022] est close.
DATE|Le rapport paraît [fin 2025].
DATE|Le site ouvre à l'[été 2026].
DATE|Publié le [10/02/2026].
DATE|Publié le [2026-02-10].
DATE|Il est né en [1969].
DATE|(mise à jour [2024])
DATE|Au [XIXe siècle], tout change.
DATE|Ouverture au [premier semestre 2026].
DATE|Il ouvre à [14 h 30].
DATE|It opens on [February 3, 2026].
DATE|It opens on [3 February 2026].
DATE|Fermé [en août].
DURATION|Il faut notifier sous [72 heures].
DURATION|La séance dure [3 heures].
DURATION|Un plan sur [5 ans].
DURATION|Elle a duré [un mois].
DURATION|Il y a [quelques années].
DURATION|A term of [three years].
NUMBER|Plus de [1 600 animateurs] formés.
NUMBER|Plus de [40 000 participants] réunis.
NUMBER|La France compte [63 sites] prêts.
NUMBER|Elle est à la [5ème place] mondiale.
NUMBER|Il réunit [une dizaine de pays].
NUMBER|Il réunit [vingt pays].
NUMBER|Une puissance de [1,4 GW] installée.
NUMBER|Quelque [30,000 visitors] came.
NUMBER|Les [trois priorités] du plan.
MONEY|Elles ont levé [2,6 Md€] en 2025.
MONEY|Un coût de [1,5 milliard d'euros].
MONEY|Une aide de [40 000 € HT] par an.
MONEY|Un fonds de [15 M€].
MONEY|[Des millions d'euros] perdus.
MONEY|They raised [$15 million] then.
MONEY|They raised [€1.7 billion] then.
PERCENT|Une remise de [25 %] est prévue.
PERCENT|Il gagne [12,5 pour cent].
PERCENT|Soit [deux tiers] des agents.
PERSON|[Richard Bury], Président de l’INR, témoigne.
PERSON|Le coordinateur du programme, [Sébastien Aguilar], résume.
PERSON|[Constance de Leusse], secrétaire générale de Current AI
PERSON|M. [Dupont] arrive.
PERSON|Mme [Le Hénanff] arrive.
PERSON|[Jean DUPONT] signe.
PERSON|[Anne-Marie Durand] signe.
PERSON|Le directeur, [Zébulon Krakovic], signe.
PERSON|[Emmanuel Macron] annonce.
PERSON|le président [Charles de Gaulle] parle.
PERSON|The director, [Zebulon Krakovic], signs.
PLACE|Rendez-vous au [Palais des Congrès de Paris].
PLACE|Rendez-vous à l'[Espace Champerret].
PLACE|Le site de [Montreuil] ouvre.
PLACE|Un site à Cambrai ([Hauts-de-France]).
PLACE|Il vit à [Trifouillis] depuis.
PLACE|Le sommet de [New Delhi] suit.
PLACE|Il vient de [Corée du Sud].
PLACE|En [Inde], le sommet suit.
PLACE|Au [12 rue de la Paix], Paris.
PLACE|Adresse : [75002 Paris]
PLACE|[Évian] accueille le G7.
ACRONYM|L’[Institut du Numérique Responsable (INR)] sera là.
ACRONYM|La [DGE (Direction générale des entreprises)] agit.
ACRONYM|[Institut pour l’évaluation et la sécurité de l’IA (IESIA)]
ACRONYM|l'[Union européenne (UE)] décide.
REASON|Il part [parce qu]'il pleut.
REASON|Il agit [afin d]'aider.
REASON|Fermé [en raison d]e travaux.
REASON|C'est fait [grâce à] vous.
REASON|Le plan [vise à] former.
REASON|Il vient [pour former] les agents.
REASON|Il reste, [car] il pleut.
REASON|He stays [because] it rains.
DEFINITION|Un rançongiciel [est un] logiciel.
DEFINITION|Le terme [désigne] un logiciel.
DEFINITION|Cela [consiste à] chiffrer.
DEFINITION|RGAA [signifie] référentiel.
DEFINITION|A worm [is a] program.
ORGANISATION|Le [ministère de l’Intérieur] agit.
ORGANISATION|Porté par [RAIDIUM] seul.
ORGANISATION|La [Direction générale des entreprises] agit.
ORGANISATION|L'[Institut du Numérique Responsable] agit.
"""

ABSENT = """
DATE|Ils étaient 2000 visiteurs.
DATE|Un prix de 2000 €.
DATE|Le maire est venu.
DATE|Il peut venir, may be.
DURATION|L'an dernier fut bon.
NUMBER|Une maison est là.
NUMBER|Le modèle H100 calcule.
NUMBER|En 2025, il vient.
MONEY|Ils sont 15 millions.
MONEY|Il paie en euros.
PERCENT|La part est grande.
PERSON|Le Salon Souveraineté Numérique ouvre.
PERSON|L'Institut du Numérique Responsable agit.
PERSON|La secrétaire générale de Current AI parle.
PERSON|Le Palais des Congrès de Paris ouvre.
PERSON|Le président est venu.
PLACE|Rendez-vous au Salon Souveraineté.
PLACE|En 2025, il vient.
PLACE|M. Dupont arrive.
PLACE|Au RGPD s'ajoute NIS2.
ACRONYM|Le RGPD (voir plus loin) s'applique.
ACRONYM|Le salon (INR) ouvre.
REASON|Il prend le car de midi.
REASON|Un cadeau pour Marie.
DEFINITION|Il est venu hier.
ORGANISATION|Une entreprise agit.
ORGANISATION|Le roi Louis XIV règne.
"""


def rows(table: str) -> list[tuple[Mention, str]]:
    pairs = [line.split("|") for line in table.strip().split("\n")]
    return [(Mention[kind], text) for kind, text in pairs]


def test_tables_are_large() -> None:
    assert len(rows(FOUND)) >= 80


def test_found_where_marked() -> None:
    missed = []
    for kind, marked in rows(FOUND):
        before, _, rest = marked.partition("[")
        inside, _, after = rest.partition("]")
        text = before + inside + after
        spans = [
            text[span.start : span.end] for span in find_mentions(text) if span.kind is kind
        ]
        if inside not in spans or kind not in mention_kinds(text):
            missed.append((marked, spans))
    assert missed == []


def test_absent() -> None:
    assert [(kind, text) for kind, text in rows(ABSENT) if kind in mention_kinds(text)] == []


def test_nothing_is_mentioned() -> None:
    assert mention_kinds("") is Mention.NONE
    assert mention_kinds("bonjour à tous") is Mention.NONE
    assert find_mentions("bonjour") == []


@given(
    st.text(
        st.one_of(
            st.characters(exclude_categories=[]), st.sampled_from("A B é1 20%€.,()-'’mMd ")
        )
    )
)
def test_spans_lie_in_the_text_in_order(text: str) -> None:
    spans = find_mentions(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert spans == sorted(spans, key=lambda span: (span.start, span.end, span.kind))
    assert all(span.kind in mention_kinds(text) for span in spans)


@pytest.mark.parametrize(
    "unit", ["A", "A ", "Aa de ", "(AB)", "AB (", "1 ", "12345 A-", "président ", "pour ", "A'"]
)
def test_hostile_repetition_is_read(unit: str) -> None:
    text = unit * (50_000 // len(unit))
    assert all(span.end - span.start < 1000 for span in find_mentions(text))
