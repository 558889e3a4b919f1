"""Registry of the layouts of synthetic plates."""

from collections.abc import Mapping

import numpy as np

from ._layout_variant import LayoutVariant
from ._layouts_africa import TUNISIA_VARIANTS
from ._layouts_asia import (
    CHINA_GREEN_VARIANTS,
    CHINA_VARIANTS,
    UZBEKISTAN_VARIANTS,
    VIETNAM_VARIANTS,
)
from ._layouts_eastern_europe import POLAND_VARIANTS, ROMANIA_VARIANTS, RUSSIA_VARIANTS
from ._layouts_europe import EU_VARIANTS
from ._layouts_europe_others import EU_OTHERS_VARIANTS
from ._layouts_india import INDIA_VARIANTS
from ._layouts_israel import ISRAEL_VARIANTS
from ._layouts_korea import KOREA_VARIANTS
from ._layouts_north_america import UNITED_STATES_VARIANTS
from ._layouts_south_america import (
    ARGENTINA_VARIANTS,
    BRAZIL_SPECIAL_VARIANTS,
    BRAZIL_TWO_ROWS_VARIANTS,
    BRAZIL_VARIANTS,
    MERCOSUR_VARIANTS,
    PERU_VARIANTS,
)
from ._layouts_two_rows import EU_TWO_ROWS_VARIANTS
from ._layouts_western_europe import (
    FRANCE_VARIANTS,
    GERMANY_VARIANTS,
    GREAT_BRITAIN_VARIANTS,
    ITALY_VARIANTS,
    NETHERLANDS_VARIANTS,
    SPAIN_VARIANTS,
)
from ._sampling import choose, cumulate

__all__ = ["LAYOUTS", "draw_variant"]

LAYOUTS: Mapping[str, tuple[LayoutVariant, ...]] = {
    "china": CHINA_VARIANTS,
    "china_green": CHINA_GREEN_VARIANTS,
    "brazil": BRAZIL_VARIANTS,
    "mercosur": MERCOSUR_VARIANTS,
    "vietnam": VIETNAM_VARIANTS,
    "uzbekistan": UZBEKISTAN_VARIANTS,
    "tunisia": TUNISIA_VARIANTS,
    "argentina": ARGENTINA_VARIANTS,
    "peru": PERU_VARIANTS,
    "eu": EU_VARIANTS,
    "brazil_special": BRAZIL_SPECIAL_VARIANTS,
    "brazil_two_rows": BRAZIL_TWO_ROWS_VARIANTS,
    "eu_others": EU_OTHERS_VARIANTS,
    "eu_two_rows": EU_TWO_ROWS_VARIANTS,
    "france": FRANCE_VARIANTS,
    "germany": GERMANY_VARIANTS,
    "great_britain": GREAT_BRITAIN_VARIANTS,
    "india": INDIA_VARIANTS,
    "israel": ISRAEL_VARIANTS,
    "italy": ITALY_VARIANTS,
    "korea": KOREA_VARIANTS,
    "netherlands": NETHERLANDS_VARIANTS,
    "poland": POLAND_VARIANTS,
    "romania": ROMANIA_VARIANTS,
    "russia": RUSSIA_VARIANTS,
    "spain": SPAIN_VARIANTS,
    "united_states": UNITED_STATES_VARIANTS,
}


def draw_variant(layout: str, rng: np.random.Generator) -> LayoutVariant:
    """Draw a variant of a layout, in proportion to the weights of the variants."""
    variants = LAYOUTS[layout]
    return variants[choose(cumulate([variant.weight for variant in variants]), rng)]
