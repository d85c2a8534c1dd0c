"""Numbers as they stand in sentences."""

from __future__ import annotations


def metres(distance_m: float) -> str:
    """Two digits and the unit."""
    return f"{distance_m:.2g} m"


def micrometres(um: float) -> str:
    """With its sign: positive is behind."""
    return f"{um:+.1f} µm".replace("-", "\N{MINUS SIGN}")


def p_text(p_value: float) -> str:
    """As "= 0.03", or "< 0.001"."""
    return "< 0.001" if p_value < 0.001 else f"= {p_value:.2g}"


def several(number: int, one: str, many: str) -> str:
    """As "1 copy" or "3 copies"."""
    return f"{number} {one if number == 1 else many}"
