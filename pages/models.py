"""The page types, and nothing else."""

from pages.base.topics import PageTopic, Topic
from pages.home.models import HomePage
from pages.news.models import ArticlePage, BriefPage, GuidancePage, RumourPage
from pages.news.sections import SectionPage

__all__ = [
    "ArticlePage",
    "BriefPage",
    "GuidancePage",
    "HomePage",
    "PageTopic",
    "RumourPage",
    "SectionPage",
    "Topic",
]
