"""Numbers that can be nobody's: identity numbers, phones and accounts in unassigned ranges.

An identity number begins with an area code that was never given out (4510 followed
by 40 to 71; Baise uses 02, 03, 21 to 31, 81 and 82), else it is well formed and its check
character is right.
"""

from __future__ import annotations

import numpy as np

from povexit_sim.noise import Ints, Texts, counter

PREFIX = "4510"
PERSON_AREAS, HELPER_AREAS, SHARED_AREA = 60, 40, 59
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = np.array(list("10X98765432"))


def check_character(first_17: Texts) -> Texts:
    """Return the eighteenth character (ISO 7064 MOD 11-2) for 17 digits each.

    Examples
    --------
    >>> str(check_character(np.array(["11010519491231002"]))[0])
    'X'
    """
    digits = first_17.astype("<U17").view("<U1").reshape(-1, 17).astype(np.int64)
    return _CHECKS[digits @ _WEIGHTS % 11]


def identity_numbers(area: int, birth: Ints, is_male: Ints) -> Texts:
    """Return identity numbers, unique within an area as long as births are not too dense.

    Parameters
    ----------
    area
        Two digits after 4510.
    birth
        Birth dates as whole numbers (19850615).
    is_male
        1 for men (odd sequence numbers), 0 for women.
    """
    place = counter(birth * 2 + is_male)
    sequence = 2 * (place % 499) + 1 + (1 - is_male)
    first = np.char.mod(f"{PREFIX}{area:02d}%08d", birth)
    first = np.char.add(first, np.char.mod("%03d", sequence))
    return np.char.add(first, check_character(first))


def phones(rng: np.random.Generator, n: int) -> Texts:
    """Return phone-like numbers beginning with 100, which no mobile number does."""
    return np.char.mod("100%08d", rng.integers(0, 10**8, n))


def accounts(rng: np.random.Generator, n: int) -> Texts:
    """Return account-like numbers beginning with 000, which no card does."""
    return np.char.mod("000%016d", rng.integers(0, 10**16, n))
