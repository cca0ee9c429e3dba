"""What the practitioner decides where the shipped protocol leaves an amount open. Made up, for the demonstration."""

from collections.abc import Mapping
from typing import Final

# By the key of the order, in the order of the plan.
AMOUNTS: Final[Mapping[str, str]] = {
    "digestive-enzymes": "1 {capsule}",
    "probiotic": "10 10*9.[CFU]",
    "magnesium": "100 mg",
    "vitamin-d": "1000 [iU]",
}
ANY_OTHER_AMOUNT: Final = "1 {capsule}"
