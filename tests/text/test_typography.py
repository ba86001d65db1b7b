import pytest

from rag.text.typography import counted, typeset


@pytest.mark.parametrize(
    ("plain", "set_"),
    [
        ("Quoi : « rien » ; oui !", "Quoi\u00a0: «\u00a0rien\u00a0»\u00a0; oui\u00a0!"),
        ("94 %", "94\u00a0%"),
        ("a:b https://x.example/?q", "a:b https://x.example/?q"),
        ("", ""),
    ],
)
def test_typeset(plain: str, set_: str) -> None:
    assert typeset(plain) == set_
    assert typeset(set_) == set_


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 fichier ajouté"), (1, "1 fichier ajouté"), (2, "2 fichiers ajoutés")],
)
def test_counted(number: int, said: str) -> None:
    assert counted(number, "fichier ajouté") == said
