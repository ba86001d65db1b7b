"""A question ready to be embedded, with the questions that it asks at once."""

from dataclasses import dataclass

from rag.types import Question


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question that was read and, where it asks several things, each of them."""

    question: Question
    parts: tuple[Question, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """What is to be embedded: the question's ``search_text``, then each part's."""
        return (self.question.search_text, *(part.search_text for part in self.parts))
