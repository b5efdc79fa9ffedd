"""How fast a long task goes, from what is done and how long it took: pure thought, for the line under a progress bar."""

from dataclasses import dataclass

LEAST = 2.0  # seconds before a rate means anything


@dataclass(frozen=True, slots=True)
class Pace:
    """Records a second, and seconds left; None where nothing can be said yet."""

    rate: float | None
    left: float | None

    @property
    def minutes(self) -> int | None:
        """Whole minutes left, rounded up; None below one and a half."""
        return None if self.left is None or self.left < 90 else -int(-self.left // 60)

    @property
    def seconds(self) -> int | None:
        """Seconds left, rounded up to fives; None from one and a half minutes on."""
        return None if self.left is None or self.left >= 90 else max(5, -int(-self.left // 5) * 5)


def pace(*, records: int, done: float, total: float, seconds: float) -> Pace:
    """The pace of a task that took so many seconds for `records` records and for `done` of `total` units of work."""
    if seconds < LEAST or records <= 0 or done <= 0:
        return Pace(None, None)
    left = (total - done) * seconds / done if total > done else 0.0
    return Pace(records / seconds, left)
