"""Words of the rates: by family, code and unit. A code without words is called by its published label."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

FAMILIES: Final = (
    (_("Contribution d'assistance (318.536)"), ("CA_",)),
    (_("API et SSI de mineurs (318.632.2)"), ("API_", "SSI_")),
    (_("Voyage et repas (318.632.1)"), ("VIATIQUE_", "KM_", "TRAVEL_")),
    (_("Appareils auditifs (300.001)"), ("HEAR_",)),
    (_("Moyens auxiliaires (318.635 à 318.639)"), ("MA_", "FM_")),
)

LABELS: Final = {
    "CA_HOUR": _("Heure standard"),
    "CA_HOUR_QUAL": _("Heure qualifiée"),
    "CA_NIGHT_MAX": _("Forfait de nuit, maximum"),
    "CA_NIGHT_D1": _("Forfait de nuit, degré 1"),
    "CA_NIGHT_D2": _("Forfait de nuit, degré 2"),
    "CA_NIGHT_D3": _("Forfait de nuit, degré 3"),
    "CA_NIGHT_D4": _("Forfait de nuit, degré 4"),
    "API_MIN_FAIBLE": _("API, impotence faible"),
    "API_MIN_MOYEN": _("API, impotence moyenne"),
    "API_MIN_GRAVE": _("API, impotence grave"),
    "SSI_4H": _("SSI, 4 heures au moins"),
    "SSI_6H": _("SSI, 6 heures au moins"),
    "SSI_8H": _("SSI, 8 heures au moins"),
    "VIATIQUE_5_8H": _("Repas, absence de 5 à 8 heures"),
    "VIATIQUE_8H": _("Repas, absence de plus de 8 heures"),
    "VIATIQUE_NUIT": _("Nuit hors du domicile"),
    "KM_AUTO": _("Kilomètre en véhicule privé"),
    "TRAVEL_LOCAL_MIN": _("Rayon local, seuil"),
    "HEAR_909.01": _("909.01 Un appareil AI, adulte"),
    "HEAR_909.02": _("909.02 Deux appareils AI, adulte"),
    "HEAR_909.03": _("909.03 Appareil AVS"),
    "HEAR_AVS_BIN": _("Deux appareils AVS"),
    "HEAR_909.04": _("909.04 Réparation électronique"),
    "HEAR_909.05": _("909.05 Autre réparation"),
    "HEAR_909.06": _("909.06 Piles, un appareil"),
    "HEAR_909.07": _("909.07 Piles, deux appareils"),
    "HEAR_MIN_MONO": _("Un appareil, mineur"),
    "HEAR_MIN_BIN": _("Deux appareils, mineur"),
    "HEAR_MIN_BAT1": _("Piles, un appareil, mineur"),
    "HEAR_MIN_BAT2": _("Piles, deux appareils, mineur"),
    "MA_MIN_COST_13_01": _("OMAI 13.01*, coût à charge de l'assuré"),
    "MA_SHOES_4_04": _("OMAI 4.04*, pointures inégales"),
    "FM_BATTERIES": _("OMAI 13.01*, piles de dispositifs FM"),
}

UNITS: Final = {
    "hour": _("par heure"),
    "night": _("par nuit"),
    "day": _("par jour"),
    "km": _("par kilomètre"),
    "month": _("par mois"),
    "year": _("par an"),
    "piece": _("par appareil"),
    "pair": _("par paire"),
}
