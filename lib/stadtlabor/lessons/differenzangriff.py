"""Differenzangriff: two harmless sums give a person away, and what stops that (grades 8–12)."""

from __future__ import annotations

from stadtlabor.lessons.invented import invented
from stadtlabor.lessons.release import LEAST, NAMES, Release, invented_class
from stadtlabor.lessons.scene import Scene, SceneError
from stadtlabor.ui.bars import bars
from stadtlabor.ui.texts import number, text

__all__ = ["scene"]


def scene(person: str = "Noa") -> Scene:
    """Return the material: what everybody knows of an invented class, and sums about it.

    Parameters
    ----------
    person
        Whom the attack is about.

    Raises
    ------
    SceneError
        In German, if nobody in the class has that name.
    """
    if person not in NAMES:
        raise SceneError(text("differenzangriff.unknown", what=person, known=", ".join(NAMES)))
    people = invented_class()
    naive, noisy = Release(), Release("noise")
    size = len(people)
    everyone, rest = naive.total(), naive.total(without=person)
    sums = {way: naive.total(way=way) for way in sorted(set(people["Schulweg"]))}
    small = next(w for w in sums if (people["Schulweg"] == w).sum() < LEAST)
    others = [way for way in sums if way != small]
    other = next(n for n in NAMES if n not in (person, "Ada"))
    mean, mean_rest = everyone / size, naive.total(without=other) / (size - 1)
    loud, loud_rest = noisy.total(), noisy.total(without=person)
    open_ = people[["Name", "Schulweg"]]
    note, h = invented(), text("differenzangriff.unit")
    return Scene(
        intro=text(
            "differenzangriff.intro", persons=number(size), name=person, all=number(everyone, 1),
            rest=number(rest, 1), other=other, mean=number(mean, 4), mean_rest=number(mean_rest, 4),
        ),
        raw=open_.head(8),
        data=open_,
        truths={
            "hidden": everyone - rest,
            "everyone": everyone,
            "rest": rest,
            "both": everyone + rest,
            "other": everyone - naive.total(without=other),
            "mean": mean,
            "mean_rest": mean_rest,
            "mean_difference": abs(mean - mean_rest),
            "two": 2.0,
            "one": 1.0,
            "least": float(LEAST),
            "size": float(size),
            "small": sums[small],
            "others": sum(sums[way] for way in others),
            "largest": max(sums.values()),
            "small_mean": sums[small] / float((people["Schulweg"] == small).sum()),
            "off": abs(loud - loud_rest - (everyone - rest)),
            "loud_hidden": loud - loud_rest,
            "loud_all": abs(loud - everyone),
        },
        pictures={
            "angriff": lambda: bars(
                [text("differenzangriff.all"), text("differenzangriff.without", name=person)],
                [everyone, rest], h,
                title=text("differenzangriff.attack_title"),
                subtitle=text("differenzangriff.attack_subtitle"), note=note, digits=1,
            ),
            "gruppen": lambda: bars(
                [text("differenzangriff.all"), *others], [everyone, *(sums[w] for w in others)], h,
                title=text("differenzangriff.groups_title", way=small),
                subtitle=text("differenzangriff.groups_subtitle", k=number(LEAST)),
                note=note, digits=1,
            ),
            "zufall": lambda: bars(
                [text("differenzangriff.all"), text("differenzangriff.without", name=person)],
                [loud, loud_rest], h,
                title=text("differenzangriff.noise_title"),
                subtitle=text("differenzangriff.noise_subtitle"), note=note, digits=1,
            ),
        },
        simulated=True,
    )  # fmt: skip
