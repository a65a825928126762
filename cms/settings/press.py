"""What the press section is told: who the accredited press is, and how long things are kept."""

from environs import Env

env = Env()

PRESS_GROUP = env.str("PRESS_GROUP", "Presse accréditée")
PRESS_WITHOUT_OUTLET = env.str("PRESS_WITHOUT_OUTLET", "Presse sans accréditation")
PRESS_PROOF_DAYS = env.int("PRESS_PROOF_DAYS", 30)
PRESS_RECORD_DAYS = env.int("PRESS_RECORD_DAYS", 1095)
PRESS_CONTACT = env.str("PRESS_CONTACT", "")
DOWNLOAD_LOG_DAYS = env.int("DOWNLOAD_LOG_DAYS", 730)
