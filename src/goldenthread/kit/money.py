"""Money: integer minor units and an ISO 4217 currency code. Never a float, never added across currencies."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from babel.core import UnknownLocaleError
from babel.numbers import get_currency_precision, list_currencies

from goldenthread.kit.errors import Refused

BIGGEST = 9_000_000_000_000_000  # minor units; stays exact in a 64-bit column and in a float64


def exponent(currency: str) -> int:
    """Digits after the point that `currency` has (JPY 0, EUR 2, KWD 3)."""
    try:
        return int(get_currency_precision(currency))
    except UnknownLocaleError:  # pragma: no cover - babel carries its data
        return 2


def currency_code(text: str) -> str:
    """`text` as an ISO 4217 code, or Refused."""
    code = text.strip().upper()
    if code not in list_currencies():
        raise Refused(f"“{text}” is not a currency.", field="currency", advice="Use a code of three letters, such as EUR.")
    return code


@dataclass(frozen=True, order=False)
class Money:
    """An amount in minor units of one currency."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> Money:
        """Money from an amount in major units, rounded half to even to the currency's precision."""
        try:
            exact = Decimal(amount)
        except InvalidOperation as error:
            raise Refused(f"“{amount}” is not an amount.", field="amount") from error
        if not exact.is_finite():
            raise Refused(f"“{amount}” is not an amount.", field="amount")
        minor = int((exact * (10 ** exponent(currency))).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
        if abs(minor) > BIGGEST:
            raise Refused(f"{amount} {currency} is too large.", field="amount")
        return cls(minor, currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: Money) -> Money:
        """The sum; Refused across currencies."""
        if self.currency != other.currency:
            raise Refused(f"{self.currency} and {other.currency} cannot be added without a dated rate.")
        return Money(self.minor + other.minor, self.currency)

    def __neg__(self) -> Money:
        """The same amount with the other sign."""
        return Money(-self.minor, self.currency)
