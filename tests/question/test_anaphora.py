from rag.question.anaphora import may_point_to_person, points_back
from rag.question.phrases import read_words


def test_pronouns_without_antecedent_point_back() -> None:
    cases = [
        "Qui la dirige ?",
        "Qui l'a fondée ?",
        "Quand a-t-il été inauguré ?",
        "Que finance-t-elle ?",
        "Comment la contacter ?",
        "Quel est le montant de ses amendes ?",
        "Qui est son directeur ?",
        "Combien d'agents leur répondent ?",
        "Ce règlement s'applique-t-il aux communes ?",
        "Combien ça coûte ?",
        "C'est quand ?",
        "Qui y travaille ?",
        "Combien y en a-t-il ?",
        "Qui en fait partie ?",
        "Lesquels sont obligatoires ?",
        "Et celle-ci ?",
        "Combien de personnes les animent ?",
        "Quelle entreprise l'a construit ?",
        "Peut-on lui écrire ?",
        "Who runs it?",
        "What is its budget?",
        "How many people work there?",
        "When did they meet?",
    ]
    assert [question for question in cases if not points_back(read_words(question))] == []


def test_articles_impersonal_and_answered_pronouns_do_not() -> None:
    cases = [
        "Qui préside la CADA ?",
        "qui preside la cada",
        "Qui a fondé l'institut ?",
        "Combien faut-il de signatures ?",
        "Y a-t-il un délai ?",
        "Combien y a-t-il de critères ?",
        "Existe-t-il des aides ?",
        "Est-il obligatoire de répondre ?",
        "Est-ce que les communes paient ?",
        "Depuis quand les banques doivent-elles appliquer la loi ?",
        "Comment le maire choisit-il ses adjoints ?",
        "Combien de communes partagent leurs serveurs ?",
        "Comment refaire son passeport ?",
        "Qui apporte son soutien au projet ?",
        "À qui la mairie répond-elle ?",
        "Que se passe-t-il cette année ?",
        "PRADA, ça signifie quoi ?",
        "C'est quoi l'appel TSIA ?",
        "Who chairs the network?",
        "Is it possible to refuse?",
        "How long does it take to answer?",
    ]
    assert [question for question in cases if points_back(read_words(question))] == []


def test_only_some_pronouns_may_be_a_person() -> None:
    assert may_point_to_person(read_words("Quel est son parcours ?"))
    assert may_point_to_person(read_words("Where was she born?"))
    assert not may_point_to_person(read_words("Combien ça coûte ?"))
    assert not may_point_to_person(read_words("How much does it cost?"))
