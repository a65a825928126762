"""What others find in a picture: exiftool where it is there, Pillow where it is not."""

import json
import shutil
import subprocess
from datetime import datetime
from io import BytesIO

from PIL import Image

EXIFTOOL = shutil.which("exiftool")
IDENTIFIERS = {
    "creator": "Creator", "credit": "Credit", "copyright": "Rights", "usage_terms": "UsageTerms",
    "web_statement": "WebStatement", "caption": "Description", "persons": "PersonInImage",
    "taken_on": "DateCreated", "expires": "ExpirationDate", "source_type": "DigitalSourceType",
    "data_mining": "DataMining", "alt": "AltTextAccessibility",
}  # fmt: skip


def tags(content):
    """All that exiftool finds in these bytes, by group and name, numbers as they stand."""
    command = [EXIFTOOL, "-j", "-n", "-G1", "-charset", "exif=UTF8", "-charset", "iptc=UTF8", "-"]
    answer = subprocess.run(command, input=content, capture_output=True, check=True)
    return json.loads(answer.stdout)[0]


def confirmed_in(content):
    """The confirmed values as XMP has them, in the shape of ``Confirmed.as_json``."""
    found = _by_exiftool(content) if EXIFTOOL else _by_pillow(content)
    values = {name: found[tag] for name, tag in IDENTIFIERS.items() if tag in found}
    for name in ("source_type", "data_mining"):
        if name in values:
            values[name] = values[name].rpartition("/")[2]
    if "persons" in values and not isinstance(values["persons"], list):
        values["persons"] = [values["persons"]]
    if "taken_on" in values:
        values["taken_on"] = values["taken_on"].replace(":", "-")
    if "expires" in values:
        day, _, clock = values["expires"].replace("T", " ").partition(" ")
        values["expires"] = datetime.fromisoformat(f"{day.replace(':', '-')}T{clock}").isoformat()
    return values


def _by_exiftool(content):
    found = {}
    for name, value in tags(content).items():
        group, _, tag = name.partition(":")
        if group.startswith("XMP-"):
            found[tag] = value
    return found


def _by_pillow(content):
    described = Image.open(BytesIO(content)).getxmp()["xmpmeta"]["RDF"]["Description"]
    found = {name[0].upper() + name[1:]: _plain(value) for name, value in described.items()}
    return found | {"Rights": found.get("Rights", "")}


def _plain(value):
    if not isinstance(value, dict):
        return value
    items = next((value[kind]["li"] for kind in ("Alt", "Bag", "Seq") if kind in value), value)
    if isinstance(items, dict):
        return items.get("text", "")
    return items
