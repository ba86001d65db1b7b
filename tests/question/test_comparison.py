from rag.question.comparison import split_comparison


def test_a_comparison_is_one_question_a_side() -> None:
    cases = [
        (
            "Du RGESN ou du RGAA, lequel a le plus de critères ?",
            ("le RGESN : combien de critères ?", "le RGAA : combien de critères ?"),
        ),
        (
            "du rgesn ou du rgaa lequel a le plus de criteres",
            ("le rgesn : combien de criteres ?", "le rgaa : combien de criteres ?"),
        ),
        (
            "Entre le salon de Lyon et le salon de Lille, lequel est le plus cher ?",
            ("le salon de Lyon : cher ?", "le salon de Lille : cher ?"),
        ),
        (
            "Quelle ville a le plus d'habitants, Lyon ou Lille ?",
            ("Lyon : combien d'habitants ?", "Lille : combien d'habitants ?"),
        ),
        (
            "Lequel est le plus ancien : le RGPD ou la loi Informatique et Libertés ?",
            ("le RGPD : ancien ?", "la loi Informatique et Libertés : ancien ?"),
        ),
        (
            "Qui de la CNIL ou de la CADA compte le plus de membres ?",
            ("la CNIL : combien de membres ?", "la CADA : combien de membres ?"),
        ),
        (
            "La CADA a-t-elle plus de membres que la CNIL ?",
            ("La CADA : combien de membres ?", "la CNIL : combien de membres ?"),
        ),
        (
            "Est-ce que la CADA a plus de membres que la CNIL ?",
            ("la CADA : combien de membres ?", "la CNIL : combien de membres ?"),
        ),
        (
            "Jean Zay est-il plus puissant qu'Alice Recoque ?",
            ("Jean Zay : puissant ?", "Alice Recoque : puissant ?"),
        ),
        (
            "Quelle différence de prix entre le salon de Lyon et celui de Lille ?",
            ("le salon de Lyon : prix ?", "le salon de Lille : prix ?"),
        ),
        (
            "Y a-t-il plus d'États derrière la déclaration ou derrière la fondation ?",
            (
                "combien d'États derrière la déclaration ?",
                "combien d'États derrière la fondation ?",
            ),
        ),
        (
            "A-t-on plus de temps pour signaler un accident que pour déclarer une fuite ?",
            (
                "combien de temps pour signaler un accident ?",
                "combien de temps pour déclarer une fuite ?",
            ),
        ),
        (
            "Which has more criteria, the RGESN or the RGAA?",
            ("the RGESN : how many criteria ?", "the RGAA : how many criteria ?"),
        ),
        (
            "Does the CADA have more members than the CNIL?",
            ("the CADA : how many members ?", "the CNIL : how many members ?"),
        ),
        (
            "Is Jean Zay older than Alice Recoque?",
            ("Jean Zay : older ?", "Alice Recoque : older ?"),
        ),
    ]
    found = {question: split_comparison(question) for question, _ in cases}
    assert found == dict(cases)


def test_what_does_not_show_two_sides_is_left_whole() -> None:
    cases = [
        "Le badge est-il plus cher que prévu ?",
        "Y a-t-il plus d'exposants cette année que l'an dernier ?",
        "Le budget est-il plus élevé que l'année dernière ?",
        "Pourquoi la CNIL a-t-elle plus de membres que la CADA ?",
        "Qui est plus ancien que la CADA ?",
        "Quel pays est plus grand que la France ?",
        "Que faire si le prix est plus élevé que la limite ?",
        "Quel pays a le plus de salariés et d'usines ?",
        "Quels sont les plus grands salons, en France ou à l'étranger ?",
        "Le salon a-t-il lieu à Lyon ou à Lille ?",
        "La CADA a-t-elle plus de membres que la CADA ?",
        "Lequel a le plus de critères, le RGESN, le RGAA ou la RGS ou NIS 2 ?",
        "plus",
        "",
    ]
    assert [question for question in cases if split_comparison(question) != ()] == []
