"""Tables of measured pictures, and splits that refuse to flatter.

A detector is judged on scenes, cameras and, where asked, generators that it has not seen. `Split` cannot be made
otherwise, and the evaluation takes nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from contrechamp.errors import ContrechampError
from contrechamp.imaging.dataset import GENUINE
from contrechamp.language import gettext as _

#: What a split knows of each picture.
COLUMNS = ("scene", "camera", "made_by", "kind", "operation")


@dataclass(frozen=True)
class Collection:
    """Features of pictures with what is known of each.

    Attributes
    ----------
    features : ndarray of float32, shape (n, features)
    table : DataFrame, n rows
        ``scene``, ``camera``, ``made_by`` (``"camera"`` or a generator), ``kind`` (of scene), ``operation`` (what
        happened to the picture on its way; ``"none"``).

    Raises
    ------
    ContrechampError
        When numbers of rows differ, a column is missing, or a feature is no number.
    """

    features: np.ndarray
    table: pd.DataFrame

    def __post_init__(self):
        missing = [name for name in COLUMNS if name not in self.table]
        if missing:
            raise ContrechampError(_("The table has no column {name}.").format(name=missing[0]))
        if self.features.ndim != 2 or len(self.features) != len(self.table):
            raise ContrechampError(
                _("There must be one row of features for each of the {rows} rows of the table, not {shape}.").format(
                    rows=len(self.table), shape=self.features.shape
                )
            )
        if not np.isfinite(self.features).all():
            raise ContrechampError(_("A feature is no number (NaN or infinity). Measure these pictures again."))

    def __len__(self) -> int:
        return len(self.table)

    @property
    def synthetic(self) -> np.ndarray:
        """Labels: 1 made by a generator, 0 taken by a camera; int, shape (n,)."""
        return (self.table["made_by"] != GENUINE).to_numpy().astype(int)

    @property
    def scene(self) -> np.ndarray:
        """Scene of each row: the unit of the bootstrap."""
        return self.table["scene"].to_numpy()

    @property
    def camera(self) -> np.ndarray:
        """Camera of each row: the unit of cross-validation."""
        return self.table["camera"].to_numpy()

    def where(self, **wanted: object) -> "Collection":
        """Return the rows whose columns have the wanted value: ``where(operation="none")``.

        Parameters
        ----------
        **wanted
            Column of the table = a text, a whole number, or a list of values of which one must agree.

        Returns
        -------
        Collection
        """
        kept = np.ones(len(self), bool)
        for name, value in wanted.items():
            values = [value] if isinstance(value, str | int | np.integer) else list(value)  # type: ignore[call-overload]
            kept &= self.table[name].isin(values).to_numpy()
        return self.rows(kept)

    def rows(self, kept: np.ndarray) -> "Collection":
        """Return some rows, chosen by a mask or by their numbers."""
        return Collection(self.features[kept], self.table.iloc[kept].reset_index(drop=True))

    def without(self, generator: str) -> "Collection":
        """Return the rows that were not made by a generator."""
        return self.rows((self.table["made_by"] != generator).to_numpy())


def joined(collections: Sequence[Collection]) -> Collection:
    """Put collections one below the other."""
    tables = pd.concat([c.table for c in collections], ignore_index=True)
    return Collection(np.concatenate([c.features for c in collections]), tables)


@dataclass(frozen=True)
class Split:
    """A training and a test collection that share neither scene nor camera.

    Attributes
    ----------
    train, test : Collection
    unseen : tuple of str
        Generators that the training must not hold and the test must.

    Raises
    ------
    ContrechampError
        When something is shared, an unseen generator was seen or is not in the test, or a side lacks a class.
    """

    train: Collection
    test: Collection
    unseen: tuple[str, ...] = ()

    def __post_init__(self):
        for said, side in (
            (_("The training collection has one class only: it needs genuine and synthetic pictures."), self.train),
            (_("The test collection has one class only: it needs genuine and synthetic pictures."), self.test),
        ):
            if len(set(side.synthetic)) < 2:
                raise ContrechampError(said)
        for column in ("scene", "camera"):
            shared = sorted(set(self.train.table[column]) & set(self.test.table[column]))
            if shared:
                raise ContrechampError(
                    _("Training and test share {name} {ids}: the test would be too easy.").format(
                        name=column, ids=", ".join(map(str, shared[:5]))
                    )
                )
        self._check_unseen()

    def _check_unseen(self) -> None:
        seen, tested = set(self.train.table["made_by"]), set(self.test.table["made_by"])
        for generator in self.unseen:
            if generator in seen:
                raise ContrechampError(
                    _("The generator {name} is to be unseen, but the training holds its pictures.").format(
                        name=generator
                    )
                )
            if generator not in tested:
                raise ContrechampError(
                    _("The generator {name} is to be judged, but the test holds none of its pictures.").format(
                        name=generator
                    )
                )


def leave_one_generator_out(train: Collection, test: Collection) -> Iterator[tuple[str, Split]]:
    """Make one split for each generator of the training, which never sees it.

    Parameters
    ----------
    train, test : Collection
        Without a common scene or camera; the test holds every generator of the training.

    Yields
    ------
    generator : str
        In alphabetical order.
    split : Split
        Tested on pictures of this generator and on genuine ones.

    Raises
    ------
    ContrechampError
        As `Split`, when that generator's turn comes.
    """
    for generator in sorted(set(train.table["made_by"]) - {GENUINE}):
        yield generator, Split(train.without(generator), test.where(made_by=[GENUINE, generator]), (generator,))


def shuffled(collection: Collection, random_state: int = 0) -> Collection:
    """Return the collection with its labels dealt anew: whatever is learned from it is learned from nothing.

    Scenes keep their pictures; who made each is drawn among the collection's own labels. A genuine label on a
    generator's picture is what a leak-free evaluation must find worthless.

    Parameters
    ----------
    collection : Collection
        Not changed.
    random_state : int
        Seed, from 0.

    Returns
    -------
    Collection
        The same features, and as many rows of each label.
    """
    table = collection.table.copy()
    table["made_by"] = np.random.default_rng(random_state).permutation(table["made_by"].to_numpy())
    return Collection(collection.features, table)
