"""The page types, and nothing else."""

from pages.base.topics import PageTopic, Topic
from pages.home.models import HomePage
from pages.news.models import ArticlePage, BriefPage, GuidancePage, RumourPage
from pages.news.sections import SectionPage
from pages.press.accreditation.models import Accreditation, PressTerms, TermsAccepted
from pages.press.contacts import PressContactPage
from pages.press.kits import PressKitPage
from pages.press.releases import PressReleasePage
from pages.press.room import PressRoomPage

__all__ = [
    "Accreditation",
    "ArticlePage",
    "BriefPage",
    "GuidancePage",
    "HomePage",
    "PageTopic",
    "PressContactPage",
    "PressKitPage",
    "PressReleasePage",
    "PressRoomPage",
    "PressTerms",
    "RumourPage",
    "SectionPage",
    "TermsAccepted",
    "Topic",
]
