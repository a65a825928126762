"""The portal's filters and tags, by the names that templates use."""

from django import template

from cms.entries.portal import bodies, dates, front, pieces, threads, tongues, words

register = template.Library()

register.filter("interface", tongues.interface_language)
for _filter in (
    tongues.lang,
    tongues.language,
    dates.day,
    dates.long_day,
    dates.short_day,
    dates.moment,
    dates.when,
    dates.within,
    dates.is_past,
    dates.is_to_come,
    words.filesize,
    words.extension,
    words.initials,
    words.kind,
    words.clean,
    words.readers,
    words.number,
    words.absolute,
    words.home_url,
    words.rendition,
    words.topic_url,
    bodies.passages,
    bodies.newest_update,
    bodies.row_labels,
):
    register.filter(_filter)

register.simple_tag(words.icon)
register.simple_tag(words.structured)
register.simple_tag(pieces.asset)
register.simple_tag(pieces.piece)
register.simple_tag(takes_context=True)(pieces.story)
register.simple_tag(takes_context=True)(pieces.nav)
register.simple_tag(takes_context=True)(bodies.blocks)
register.simple_tag(threads.thread_of)
register.simple_tag(front.front_of)
