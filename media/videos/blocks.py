"""Films in the body of a page."""

from media.videos.chooser import viewset

VideoChooserBlock = viewset.get_block_class(
    name="VideoChooserBlock", module_path="media.videos.blocks"
)
