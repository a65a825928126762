"""Pictures in the sizes that readers get."""

from media.renditions.recipes import recipe_of
from media.renditions.sizes import SIZES, Size

__all__ = ["SIZES", "Size", "recipe_of"]
