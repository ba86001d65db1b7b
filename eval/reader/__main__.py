"""Train the reader that reads a question with a passage.

``python -m eval.reader ../shared/data build/reader [--stage S] [--fold N] [--epochs N]``

Two stages, the second started from the first: « broad » shows every question once, most of
them factoids; « fine » those that people ask in earnest, and what only comes near.

Reads the sets of the first folder in place, and writes checkpoints into the second, from
which it goes on where it was stopped. The same seed and data give the same order of work.
On a machine with CUDA it runs there; on a CPU that multiplies in bfloat16, in that.

``--fold N`` leaves one group in five out (articles, pages, documents), which is then what is
measured on; without it all but a twentieth is learnt from.
"""

import argparse
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.nn.functional import cross_entropy

from eval.reader.examples import Example, drawn, read_examples, read_own_examples
from eval.reader.groups import Group, group_of, names_of, without
from eval.reader.negatives import with_confused
from eval.reader.network import ReaderNetwork, Reading
from eval.reader.sequences import Batch, MarkedSequenceMaker, TokenSequence, padded
from rag.embedding.bundled_model import bundled_folder
from rag.embedding.factory import open_embedder
from rag.evaluation.metrics.set_measures import auroc
from rag.reader.graph import ROLES_AT
from rag.settings import Settings

SEED = 20261130
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Stage:
    """How often an epoch shows an example, on average.

    ``near``: a question that nothing in its passage answers, shown with that passage alone,
    so that the choice is between it and silence; ``written``: other questions of the sets
    written for the kinds that PIAF lacks, and of ours.
    """

    factoid: float
    faq: float
    written: float
    near: float

    def times(self, example: Example) -> float:
        """How often this one is shown."""
        if example.kind == "factoid":
            return self.factoid
        if example.kind == "faq":
            return self.faq
        return self.written if example.gold else self.near


STAGES = {
    "broad": Stage(factoid=0.7, faq=1.0, written=1.0, near=1.0),
    "fine": Stage(factoid=0.1, faq=0.25, written=1.6, near=2.4),
}

BATCH_TOKENS = 4096
"""Most tokens of a step, padding included."""

POOLED = 384
"""Groups sorted by length together, so that batches hold sequences of like lengths."""

BODY = ("embeddings.", "layers.")
BODY_RATE, HEAD_RATE = 5e-5, 3e-4
WARM_UP = 0.05
UNIT, PASSAGE, SPAN = 0.5, 0.5, 0.3
"""What the losses beside the choice among all units weigh."""

SAVED_EVERY = 300.0
MEASURED = 500


@dataclass(frozen=True, slots=True)
class Work:
    """The groups of one step, with the tokens of each of their passages."""

    groups: Sequence[Group]
    sequences: Sequence[TokenSequence]


def main() -> None:
    """Train, measure each epoch, and keep the last state."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--stage", choices=STAGES, default="broad")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--fold", type=int, choices=range(FOLDS))
    parser.add_argument("--every", type=int, default=1, help="take one example in N")
    parser.add_argument(
        "--frozen", type=int, default=ROLES_AT, help="the body's first layers left as they are"
    )
    parser.add_argument("--start", type=Path, help="a checkpoint whose weights it starts from")
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    settings = Settings()
    embedder = open_embedder(settings.embedding)
    folder = bundled_folder(settings.embedding.cache.expanduser())
    every = [*read_examples(arguments.data), *read_own_examples()]
    examples = with_confused(every[:: arguments.every], embedder)
    learnt, held = parted(examples, arguments.fold)
    print(f"{len(learnt)} examples to learn from, {len(held)} held out", flush=True)
    network = ReaderNetwork(folder, arguments.frozen)
    if arguments.start is not None:
        network.take(torch.load(arguments.start, "cpu", weights_only=True)["network"])
    trainer = Trainer(
        network,
        MarkedSequenceMaker(folder),
        arguments.out,
        learnt,
        STAGES[arguments.stage],
        arguments.epochs,
    )
    trainer.run(held[:: max(1, len(held) // MEASURED)])


def parted(
    examples: Sequence[Example], fold: int | None
) -> tuple[list[Example], list[Example]]:
    """What is learnt from and what is held out, groups never in both."""
    many, left = (20, 0) if fold is None else (FOLDS, fold)

    held = [each for each in examples if drawn(each.group, many) == left]
    return [each for each in examples if drawn(each.group, many) != left], held


class Trainer:
    """A network on its way through some epochs; saves itself and goes on from there."""

    def __init__(
        self,
        network: ReaderNetwork,
        maker: MarkedSequenceMaker,
        out: Path,
        examples: Sequence[Example],
        stage: Stage,
        epochs: int,
    ) -> None:
        self._examples = examples
        self._stage = stage
        self._names = names_of(examples)
        self._epochs = epochs
        self._out = out
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        # Where the processor does not multiply in it, bfloat16 is four times slower.
        self._halved = torch.cuda.is_available() or torch.cpu._is_avx512_bf16_supported()
        self._network = network.to(self._device)
        self._maker = maker
        self._steps = epochs * len(self._plan(0))
        self._optimiser = torch.optim.AdamW(self._parameters(), weight_decay=0.01)
        self._rates = torch.optim.lr_scheduler.LambdaLR(self._optimiser, self._share)
        self._done = 0
        self._epoch = self._at = 0
        self._checkpoint = out / "checkpoint.pt"

    def run(self, held: Sequence[Example]) -> None:
        """Train to the end, from the last checkpoint where there is one."""
        self._out.mkdir(parents=True, exist_ok=True)
        self._resume()
        saved = time.monotonic()
        while self._epoch < self._epochs:
            meter = Meter(self._steps)
            for work in self._plan(self._epoch)[self._at :]:
                meter.add(self._step(work), sum(len(each.ids) for each in work.sequences))
                self._done += 1
                self._at += 1
                if self._done % 50 == 0:
                    print(meter.told(self._done, self._epoch), flush=True)
                if time.monotonic() - saved > SAVED_EVERY:
                    self._save()
                    saved = time.monotonic()
            self._epoch, self._at = self._epoch + 1, 0
            self._save()
            print(self.measured(held), flush=True)

    def measured(self, held: Sequence[Example]) -> str:
        """What held-out examples say of it: choice of units, answering or not, spans."""
        first, spans, best, answers, known = [], [], [], [], []
        for each in held:
            shown = [each.passage, *each.others[:1]]
            if each.marked and each.gold:
                rest = without(each.passage, each.gold)
                shown += [rest] if rest else []
            made = [
                self._maker.make(each.question, passage, each.short if not at else None)
                for at, passage in enumerate(shown)
            ]
            reading, batch = self.read(made)
            units = reading.units.masked_fill(~batch.known, -math.inf)
            best += units.max(dim=1).values.tolist()
            known += reading.passage.tolist()
            answers += [float(bool(each.gold)), *([0.0] * (len(shown) - 1))]
            if each.marked and each.gold:
                top = int(units[:2].flatten().argmax())
                first.append(top < units.shape[1] and top in each.gold)
            if made[0].span:
                found = tuple(reading.span[0].argmax(dim=0).tolist())
                spans.append(found == made[0].span)
        truth = np.array(answers)
        return (
            f"held out: {len(held)} questions, unit@1 of two passages {np.mean(first):.3f}, "
            f"AUROC by best unit {auroc(np.array(best), truth):.3f}, by passage "
            f"{auroc(np.array(known), truth):.3f}, span exact {np.mean(spans):.3f}"
        )

    @torch.no_grad()
    def read(self, sequences: Sequence[TokenSequence]) -> tuple[Reading, Batch]:
        """What the network tells of some sequences, as float32 on the CPU."""
        self._network.eval()
        batch = padded(sequences)
        with self._autocast():
            told = self._forward(batch)
        return Reading(told.units.cpu(), told.passage.cpu(), told.span.cpu()), batch

    def _parameters(self) -> list[dict[str, Any]]:
        named = [each for each in self._network.named_parameters() if each[1].requires_grad]
        body = [each for name, each in named if name.startswith(BODY)]
        heads = [each for name, each in named if not name.startswith(BODY)]
        return [{"params": body, "lr": BODY_RATE}, {"params": heads, "lr": HEAD_RATE}]

    def _share(self, step: int) -> float:
        """The share of the learning rate: a warm-up, then a straight fall to nothing."""
        warm = max(1, int(WARM_UP * self._steps))
        if step < warm:
            return (step + 1) / warm
        return max(0.0, (self._steps - step) / max(1, self._steps - warm))

    def _plan(self, epoch: int) -> list[Work]:
        """The steps of an epoch, the same whenever it is asked for."""
        chance = random.Random(f"{SEED} {epoch}")  # noqa: S311 – an order, not a secret
        order = []
        for each in self._examples:
            whole, part = divmod(self._stage.times(each), 1.0)
            order += [each] * (int(whole) + (chance.random() < part))
        chance.shuffle(order)
        groups = [group_of(each, self._names, chance) for each in order]
        steps = list(self._batched(groups))
        chance.shuffle(steps)
        return steps

    def _batched(self, groups: Sequence[Group]) -> Iterator[Work]:
        for first in range(0, len(groups), POOLED):
            made = [(each, self._sequences(each)) for each in groups[first : first + POOLED]]
            made.sort(key=lambda pair: max(len(each.ids) for each in pair[1]))
            taken: list[Group] = []
            held: list[TokenSequence] = []
            for group, sequences in made:
                lengths = [len(each.ids) for each in (*held, *sequences)]
                if held and max(lengths) * len(lengths) > BATCH_TOKENS:
                    yield Work(taken, held)
                    taken, held = [], []
                taken = [*taken, group]
                held = [*held, *sequences]
            if held:
                yield Work(taken, held)

    def _sequences(self, group: Group) -> list[TokenSequence]:
        return [
            self._maker.make(group.question, each.passage, each.short) for each in group.shown
        ]

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self._device.type, torch.bfloat16, enabled=self._halved)

    def _forward(self, batch: Batch) -> Reading:
        with self._autocast():
            told: Reading = self._network(
                *(
                    each.to(self._device)
                    for each in (batch.ids, batch.roles, batch.mask, batch.pool)
                )
            )
        return Reading(told.units.float(), told.passage.float(), told.span.float())

    def _step(self, work: Work) -> float:
        self._network.train()
        batch = padded(work.sequences)
        loss = loss_of(work, self._forward(batch), batch)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimiser.step()
        self._rates.step()
        return float(loss.detach())

    def _save(self) -> None:
        state = {
            "network": self._network.learnt(),
            "optimiser": self._optimiser.state_dict(),
            "rates": self._rates.state_dict(),
            "done": self._done,
            "place": (self._epoch, self._at),
            "steps": self._steps,
        }
        draft = self._checkpoint.with_suffix(".new")
        torch.save(state, draft)
        draft.replace(self._checkpoint)

    def _resume(self) -> None:
        if not self._checkpoint.exists():
            return
        state = torch.load(self._checkpoint, map_location=self._device, weights_only=True)
        if state["steps"] != self._steps:
            raise SystemExit(
                f"{self._checkpoint} is of another training ({state['steps']} steps, not "
                f"{self._steps}): give another folder, or remove it."
            )
        self._network.take(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._rates.load_state_dict(state["rates"])
        self._done = state["done"]
        self._epoch, self._at = state["place"]
        print(f"going on from step {self._done} of {self._steps}", flush=True)


def loss_of(work: Work, told: Reading, batch: Batch) -> torch.Tensor:
    """The mean loss of a step's groups.

    Of each group, all its units compete with a null answer fixed at 0 (a softmax, several
    gold units sharing the target); each unit and each passage is also judged by itself, and
    the two ends of the short answer are chosen among the tokens of its passage.
    """
    known = batch.known.to(told.units.device)
    units = told.units.masked_fill(~known, -math.inf)
    losses = []
    row = 0
    for group in work.groups:
        rows = slice(row, row + len(group.shown))
        gold = torch.zeros_like(known[rows])
        for place, shown in enumerate(group.shown):
            gold[place, [each for each in shown.gold if each < gold.shape[1]]] = True
        gold &= known[rows]
        losses.append(_choice(units[rows], gold))
        if group.marked:
            here = known[rows]
            losses[-1] = losses[-1] + UNIT * bce(told.units[rows][here], gold[here].float())
        answers = torch.tensor(
            [float(each.answers) for each in group.shown], device=units.device
        )
        losses[-1] = losses[-1] + PASSAGE * bce(told.passage[rows], answers)
        for place in range(len(group.shown)):
            span = work.sequences[row + place].span
            if span is not None:
                ends = told.span[row + place, : len(work.sequences[row + place].ids)]
                target = torch.tensor(span, device=units.device)
                losses[-1] = losses[-1] + SPAN * cross_entropy(ends.T, target)
        row += len(group.shown)
    return torch.stack(losses).mean()


def _choice(units: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
    every = torch.cat([units.flatten(), units.new_zeros(1)])
    chosen = units[gold] if gold.any() else units.new_zeros(1)
    return torch.logsumexp(every, 0) - torch.logsumexp(chosen, 0)


class Meter:
    """How fast it goes and how well, over the last fifty steps."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._losses: list[float] = []
        self._tokens = 0
        self._since = time.monotonic()

    def add(self, loss: float, tokens: int) -> None:
        """Count a step."""
        self._losses.append(loss)
        self._tokens += tokens

    def told(self, done: int, epoch: int) -> str:
        """The last steps in a line, with an estimate of what is left."""
        taken = time.monotonic() - self._since
        left = taken / len(self._losses) * (self._steps - done)
        line = (
            f"epoch {epoch + 1} step {done}/{self._steps} loss {np.mean(self._losses):.3f} "
            f"{self._tokens / taken:.0f} tokens/s, {left / 60:.0f} min left"
        )
        self._losses, self._tokens, self._since = [], 0, time.monotonic()
        return line


if __name__ == "__main__":
    main()
