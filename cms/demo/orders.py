"""Records of an outside system: the orders that licensees place, as an ERP would send them."""

from datetime import timedelta
from typing import Any

from cms.demo.content import Calendar
from cms.demo.people import LICENSING, MANAGEMENT, STAFF
from cms.entries import ingest
from cms.entries.models import Entry

SOURCE = "commandes"
# number, days ago, film, licensee, what, pieces, price of one in euros, state, remark
ORDERS = (
    (
        "CB-2231", 0.3, "ourse", "Maison Pelage",
        "Peluche Ourse, 28 cm", 7200, "6,40", "confirmée",
        "Départ de Ningbo le 2 décembre, arrivée au Havre le 4 janvier.",
    ),
    (
        "CB-2228", 1.6, "ourse", "Papeterie Vauquelin",
        "Masques à découper, paquet de 100", 640, "3,15", "livrée",
        "Reçue à l’entrepôt de Trappes, trois paquets abîmés, avoir demandé.",
    ),
    (
        "CB-2224", 3.2, "l-horlogere", "Ateliers Brégille",
        "Montre gousset, tirage numéroté", 1500, "48,00", "en fabrication",
        "Cadran validé par Maud Kerjean le 19 novembre, boîtier en attente.",
    ),
    (
        "CB-2219", 6.4, "ourse", "Tricots du Vercors",
        "Bonnet enfant jaune", 3000, "5,90", "confirmée",
        "Deux tailles, étiquette bilingue. Livraison avant le 10 décembre.",
    ),
    (
        "CB-2207", 11.5, "la-cantatrice", "Éditions du Pavillon",
        "Partition et livret", 900, "7,20", "à valider",
        "Les droits du livret ne couvrent pas la Belgique : avenant demandé à Paul Strand.",
    ),
    (
        "CB-2196", 18.0, "le-dernier-bac", "Faïencerie des Glénan",
        "Bol à oreilles, motif bac", 1200, "4,75", "livrée",
        "Deuxième réassort. La première série s’est vendue en neuf jours.",
    ),
    (
        "CB-2184", 27.3, "kowloon-4-h-10", "Imprimerie Sham",
        "Affiche sérigraphiée 40 × 60", 800, "9,10", "livrée",
        "Tirage numéroté, vendu en salle pendant les avant-premières.",
    ),
    (
        "CB-2171", 41.0, "ourse", "Jouets Grandval",
        "Jeu de cartes Ourse", 5000, "2,35", "annulée",
        "La notice ne passait pas la norme. Nouvelle maquette attendue en janvier.",
    ),
    (
        "CB-2150", 63.2, "tempete-sur-la-7", "Ateliers Brégille",
        "Carte routière pliée", 2000, "1,80", "livrée",
        "Offerte avec le dossier de presse et vendue dans 42 salles.",
    ),
)  # fmt: skip


def load(calendar: Calendar) -> int:
    """Send the orders, unless there are some. Gives how many were stored."""
    if Entry.objects.filter(source=SOURCE).exists():
        return 0
    records = [_record(order, calendar) for order in ORDERS]
    results = ingest.store(SOURCE, records, at=calendar.now)
    refused = [result for result in results if result.status == "refused"]
    if refused:
        raise ValueError(f"orders were refused: {refused}")
    return len(results)


def _record(order: tuple[Any, ...], calendar: Calendar) -> dict[str, Any]:
    number, days, film, licensee, what, pieces, price, status, remark = order
    total = pieces * float(price.replace(",", "."))
    placed = calendar.ago(days)
    rows = [
        ["Article", what],
        ["Licencié", licensee],
        ["Quantité", _french(pieces)],
        ["État", status],
        ["Commandée le", f"{placed:%d/%m/%Y}"],
        ["Livraison prévue", f"{placed + timedelta(days=38):%d/%m/%Y}"],
    ]
    return {
        "id": number,
        "type": "order",
        "locale": "fr",
        "title": f"{what}, {_french(pieces)} pièces",
        "summary": f"Commande {number}, {licensee} : {status}.",
        "body": [
            {"type": "text", "value": f"<p>{remark}</p>"},
            {
                "type": "table",
                "value": {"caption": "", "head": [], "rows": rows, "row_headers": True},
            },
        ],
        "topics": ["licences", film],
        "readers": [[STAFF], [LICENSING]],
        "published_at": placed.isoformat(),
        "parts": [
            {
                "title": "Prix et marge",
                "body": f"{price} € la pièce, {_french(round(total))} € en tout, hors port.",
                "readers": [[MANAGEMENT, LICENSING]],
            }
        ],
    }


def _french(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
