"""What a word is reduced to, by its language: so that plurals and forms find one another.

Stemmers are given folded words. Then what is typed without accents finds what is written with
them, and measured no worse than stemming before folding.
"""

from snowballstemmer.english_stemmer import EnglishStemmer

_SHORTEST = 6
_SHORTEST_PLURAL = 4


def stem(word: str, language: str) -> str:
    """The stem of a folded word. Languages without a stemmer keep the word."""
    if language == "fr":
        return french(word)
    if language == "en":
        return english(word)
    return word


def french(word: str) -> str:
    """Savoy's minimal stemmer: plurals, feminines and infinitives in -er lose their endings.

    J. Savoy, "A stemming procedure and stopword list for general French corpora", Journal of the
    American Society for Information Science 50 (10), 1999, pages 944-952. His last ending is an
    accented "é", which is a plain "e" here. He leaves short words as they are, and so parts
    "année" from "années"; here it is the singular that must be long enough.
    """
    word = _masculine(_singular(word))
    if len(word) < _SHORTEST:
        return word
    for ending in "ree":
        word = word.removesuffix(ending)
    return word[:-1] if word[-1] == word[-2] else word


def _singular(word: str) -> str:
    if len(word) < _SHORTEST_PLURAL:
        return word
    if word.endswith("aux") and not word.endswith("eaux"):
        return f"{word[:-2]}l"
    return word[:-1] if word[-1] in "sx" else word


def _masculine(word: str) -> str:
    return word[:-1] if len(word) >= _SHORTEST and word.endswith("ere") else word


def english(word: str) -> str:
    """The English stemmer of Snowball, also called Porter 2."""
    # A stemmer keeps its word in itself, so threads must not share one.
    return str(EnglishStemmer().stemWord(word))
