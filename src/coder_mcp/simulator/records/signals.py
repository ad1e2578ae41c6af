"""How one part of the simulator hears of another's changes, without tasks or queues."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Generic, TypeVar

import anyio

T = TypeVar("T")


class Signal(Generic[T]):
    """Something that happens. Listeners are called at once, in the order they came."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], object]] = []

    def emit(self, value: T) -> None:
        """Tell everybody who listens now."""
        for listener in tuple(self._listeners):
            listener(value)

    @contextmanager
    def heard_by(self, listener: Callable[[T], object]) -> Generator[None]:
        """Call `listener` for each emitted value until the block is left."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    async def next(self) -> None:
        """Wait until it happens again."""
        happened = anyio.Event()
        with self.heard_by(lambda _: happened.set()):
            await happened.wait()
