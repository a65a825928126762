"""The press section: releases, kits, accreditation."""
