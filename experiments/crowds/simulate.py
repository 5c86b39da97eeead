"""Makes the simulated crowds of the comparison: simulate.py OUT_FOLDER [SEED].

Per crowd a folder with votes.csv (`task,worker,label`, in the order the votes came) and truth.csv (`task,truth`).
No method compared here is the model these are drawn from, except `plain`, which is Dawid and Skene's.
"""

import pathlib
import sys

import numpy as np

PEOPLE = 80


def activity(rng, people: int) -> np.ndarray:
    """Few people do most of the work."""
    share = rng.lognormal(0, 1.2, people)
    return share / share.sum()


def who_votes(rng, tasks: int, votes: int, people: int = PEOPLE):
    """`votes` different workers per task; tasks in a shuffled order."""
    share = activity(rng, people)
    for task in rng.permutation(tasks):
        for worker in rng.choice(people, votes, replace=False, p=share):
            yield int(task), int(worker)


def two_coins(rng, people: int = PEOPLE, spammers: float = 0.1) -> np.ndarray:
    """P(says 1 | truth 0), P(says 1 | truth 1); some people answer without looking."""
    coins = np.column_stack([rng.beta(2, 10, people), rng.beta(8, 2.5, people)])
    lazy = rng.random(people) < spammers
    coins[lazy] = rng.choice([0.02, 0.5, 0.95], lazy.sum())[:, None]
    return coins


def plain(rng):
    """Half positives, two-coin workers, independent errors."""
    truth, coins = (rng.random(1500) < 0.5).astype(int), two_coins(rng)
    return truth, [(t, w, int(rng.random() < coins[w, truth[t]])) for t, w in who_votes(rng, 1500, 5)]


def rare(rng):
    """12 % positives."""
    truth, coins = (rng.random(3000) < 0.12).astype(int), two_coins(rng)
    return truth, [(t, w, int(rng.random() < coins[w, truth[t]])) for t, w in who_votes(rng, 3000, 5)]


def hard_items(rng, positives: float = 0.12, unsure: bool = False):
    """Shared difficulty: an image that fools one person fools the next; look-alikes among the negatives."""
    tasks = 3000
    truth = (rng.random(tasks) < positives).astype(int)
    coins = two_coins(rng)
    log_odds = np.log(coins / (1 - coins))
    shared = rng.normal(0, 1.0, tasks)
    look_alike = (truth == 0) & (rng.random(tasks) < 0.06)
    cautious = rng.beta(1, 6, PEOPLE)
    votes = []
    for t, w in who_votes(rng, tasks, 6):
        pull = log_odds[w, truth[t]] + shared[t] + (2.0 if look_alike[t] else 0.0)
        says = int(rng.random() < 1 / (1 + np.exp(-pull)))
        doubt = cautious[w] * (2.5 if look_alike[t] else 1.0) * np.exp(-abs(pull) / 2)
        votes.append((t, w, "unsure" if unsure and rng.random() < doubt else says))
    return truth, votes


def unsure(rng):
    """A third answer that is never true, given more on look-alikes and by cautious people."""
    return hard_items(rng, unsure=True)


def duplicates(rng):
    """One vote in twelve is sent twice, one in three of these with the other answer."""
    truth, votes = hard_items(rng, positives=0.3)
    again = [(t, w, a if rng.random() < 2 / 3 else 1 - a) for t, w, a in votes if rng.random() < 1 / 12]
    places = np.sort(rng.integers(1, len(votes), len(again)))[::-1]
    for place, vote in zip(places, again):
        votes.insert(int(max(place, votes.index(next(v for v in votes if v[:2] == vote[:2])) + 1)), vote)
    return truth, votes


def classes(rng):
    """Six classes, two of which look alike, and workers who confuse them."""
    tasks, many, people = 1500, 6, 120
    truth = rng.choice(many, tasks, p=[0.3, 0.25, 0.2, 0.15, 0.07, 0.03])
    tables = []
    for skill in rng.beta(5, 2, people):
        table = np.full((many, many), (1 - skill) / (many - 1))
        np.fill_diagonal(table, skill)
        table[1, 2] += 0.3 * skill
        table[1, 1] -= 0.3 * skill
        tables.append(table)
    pull = rng.dirichlet(np.ones(many), tasks)
    hard = rng.beta(1, 4, tasks)
    votes = []
    for t, w in who_votes(rng, tasks, 5, people):
        votes.append((t, w, int(rng.choice(many, p=(1 - hard[t]) * tables[w][truth[t]] + hard[t] * pull[t]))))
    return truth, votes


def sparse(rng):
    """Three votes a task, few votes a worker."""
    people = 700
    truth, coins = (rng.random(1000) < 0.4).astype(int), two_coins(rng, people)
    return truth, [(t, w, int(rng.random() < coins[w, truth[t]])) for t, w in who_votes(rng, 1000, 3, people)]


CROWDS = {
    "plain": plain,
    "rare": rare,
    "hard-items": hard_items,
    "unsure": unsure,
    "duplicates": duplicates,
    "classes": classes,
    "sparse": sparse,
}


def main() -> None:
    out, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for number, (name, make) in enumerate(CROWDS.items()):
        truth, votes = make(np.random.default_rng([seed, number]))
        folder = out / f"sim-{name}"
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{task},{worker},{label}" for task, worker, label in votes]
        (folder / "votes.csv").write_text("\n".join(["task,worker,label", *lines, ""]))
        lines = [f"{task},{label}" for task, label in enumerate(truth)]
        (folder / "truth.csv").write_text("\n".join(["task,truth", *lines, ""]))


if __name__ == "__main__":
    main()
