"""Words that say nothing in a query.

Left out are those that mean something in another language of the index or in another place: "or",
"but", "an", "son", "car", "plus", "été", "it", "us". Frequent words weigh little anyway, so a
missing one does no harm. They are dropped from queries alone, never from documents or phrases.
"""

FRENCH = frozenset(
    """
    a afin ainsi alors après au aucun aucune auquel aussi autre autres aux avait avaient avant avec
    avez avoir avons ayant c ce ceci cela celle celles celui ces cet cette ceux chaque chez ci comme
    comment combien d dans de depuis des dès dont du elle elles en encore entre et eu étaient était
    étant être est eux faire faut furent il ils j je jusque l la laquelle le lequel les lesquelles
    lesquels leur leurs lors lorsque lui là m ma mais me mes moi mon même mêmes n ne ni nos notre
    nous on ont ou où par parce pas pendant peu peut peuvent pour pourquoi puis puisque qu quand que
    quel quelle quelles quels quelque quelques qui quoi s sa sans se selon sera ses si soi soit sont
    sous suis sur t ta te tes toi tous tout toute toutes tu très un une vers vos votre vous y à ça
    """.split()  # noqa: SIM905 - a list of strings would be four times as long
)

ENGLISH = frozenset(
    """
    a about after all also am and any at be because been before being between both by could d did do
    does doing dont during each from had has have having he her here hers him his how i im in into
    is its ll many more most much my no nor not of on one only other our out over same she should so
    some such that than the their them then there these they this those through to too under until
    up ve very was we were what whats when where whether which while who whom whose why with would
    you your yours
    """.split()  # noqa: SIM905 - a list of strings would be four times as long
)

STOP_WORDS = {"fr": FRENCH, "en": ENGLISH}
OPERATORS = frozenset({"AND", "OR", "NOT", "ET", "OU", "SAUF"})
"""Written in capitals for engines that read them so."""
