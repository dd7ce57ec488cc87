"""Russian numbers with their nouns."""

from __future__ import annotations


def plural(number: int, one: str, few: str, many: str) -> str:
    """1 минута, 2 минуты, 5 минут."""
    if number % 10 == 1 and number % 100 != 11:
        return f"{number} {one}"
    if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14:
        return f"{number} {few}"
    return f"{number} {many}"


def duration(seconds: float) -> str:
    """How long, after «через» or «хранится»: 24 часа, 3 минуты, 40 секунд."""
    if seconds >= 3 * 86400:
        return plural(round(seconds / 86400), "день", "дня", "дней")
    if seconds >= 3600:
        return plural(round(seconds / 3600), "час", "часа", "часов")
    if seconds >= 60:
        return plural(round(seconds / 60), "минуту", "минуты", "минут")
    return plural(max(1, round(seconds)), "секунду", "секунды", "секунд")
