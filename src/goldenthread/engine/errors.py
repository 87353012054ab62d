"""The one error of the engine: an input that cannot be computed with, and the item at fault."""

from __future__ import annotations


class EngineError(ValueError):
    """An input that cannot be computed with.

    `message` is a plain sentence for the person who entered the data; `item` is the caller's key of the row at fault (or None
    where no single row is at fault) and `items` are all rows named, for example the activities of a loop in order.
    """

    def __init__(self, message: str, item: object = None, items: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.item = item
        self.items = items or (() if item is None else (item,))
