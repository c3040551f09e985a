"""Words the recorder's scripts say, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guichet.recordings.partlog import REASONS


def words() -> dict[str, str]:
    """By the name the scripts know them by; what stands in braces is put in there."""
    return (
        _states() | _sending() | _alarms() | _device() | {f"reason-{code}": str(text) for code, text in REASONS.items()}
    )


def _states() -> dict[str, str]:
    return {
        "going": _("Enregistrement en cours"),
        "paused": _("En pause"),
        "lost": _("Interrompu"),
        "say-start": _(
            "Dites à haute voix : « Nous sommes le {day}, il est {time}, l'entretien commence. » "
            "La personne assurée le confirme."
        ),
        "say-again": _("Dites à haute voix : « Il est {time}, l'entretien reprend. » La personne assurée le confirme."),
        "paused-at": _("Rien n'est enregistré depuis {time}. Les tests ne sont jamais enregistrés."),
        "lost-at": _(
            "Le microphone a été perdu à {time} (appel, autre programme, câble). "
            "Ce qui a été enregistré jusque-là est gardé."
        ),
        "safe": _("Gardé sur cet appareil jusqu'à {time}"),
        "found": _("Un enregistrement non envoyé de {length} a été retrouvé"),
        "found-when": _("{name}, commencé le {day} à {time}. Il est chiffré sur cet appareil."),
        "found-other": _("Il appartient à une autre personne ; elle seule peut l'envoyer, en se connectant."),
        "found-unknown": _("Connectez-vous : qui l'a enregistré peut l'envoyer."),
        "found-elsewhere": _(
            "Il a été enregistré pour un autre office ; il s'envoie depuis l'enregistreur de celui-ci."
        ),
        "found-sending": _("L'envoi est en cours."),
        "found-damaged": _("Une partie est illisible ; ce qui la précède peut être envoyé, la copie reste ici."),
        "somebody": _("Entretien"),
        "minutes": _("{n} min"),
        "hours": _("{h} h {n} min"),
        "seconds": _("{n} s"),
        "waived": _("Renonciation : n'enregistrez pas"),
        "record": _("Enregistrer l'entretien"),
        "record-whom": _("Enregistrer l'entretien de {name}"),
        "no-mandates": _(
            "Aucun mandat pour l'instant. L'office vous les annonce ; « Mes mandats » permet d'en ouvrir un. "
            "Sans connexion, l'enregistreur ne montre que ce qu'il connaît déjà."
        ),
        "none-today": _("Aucun entretien n'est prévu aujourd'hui."),
    }


def _sending() -> dict[str, str]:
    return {
        "sending": _("{percent} % envoyés"),
        "waiting": _("Pas de connexion. L'envoi continue dès qu'elle revient."),
        "full": _(
            "Plus de place sur le serveur pour le moment. L'enregistrement reste sur cet appareil ; l'envoi continue "
            "de lui-même dès qu'il y a de la place."
        ),
        "checking": _("Tout est arrivé. Guichet compare l'empreinte et contrôle que l'enregistrement est audible…"),
        "erased": _("Tout est arrivé, l'empreinte est la même. La copie de cet appareil est effacée."),
        "stop-login": _("Votre session a pris fin. Connectez-vous ; l'envoi continuera où il s'est arrêté."),
        "stop-waived": _(
            "La personne a renoncé à l'enregistrement (art. 7k al. 3 OPGA) : il ne peut pas être envoyé. "
            "Effacez-le de cet appareil."
        ),
        "stop-destroyed": _("La destruction de cet enregistrement a été demandée. Effacez-le de cet appareil."),
        "stop-closed": _("Le mandat est clos. Prenez contact avec l'office ; l'enregistrement reste sur cet appareil."),
        "stop-gone": _("Ce mandat n'est pas le vôtre. L'enregistrement reste sur cet appareil."),
        "stop-refused": _("Le fichier n'a pas pu être lu. Il reste sur cet appareil ; prévenez l'office."),
        "stop-differs": _("L'empreinte diffère. Le fichier reste sur cet appareil ; envoyez-le encore une fois."),
        "stop-empty": _("Rien n'a été enregistré."),
        "stop-other": _(
            "Une autre personne est connectée sur cet appareil. L'enregistrement y reste ; qui l'a fait peut "
            "l'envoyer, en se connectant."
        ),
        "stop-log": _(
            "Cet entretien date de plus de 100 jours, ou dure plus de six heures : il n'est pas accepté. "
            "Il reste sur cet appareil ; prenez contact avec l'office."
        ),
        "stop-failed": _("L'envoi a échoué. L'enregistrement reste sur cet appareil ; essayez encore une fois."),
    }


def _alarms() -> dict[str, str]:
    return {
        "alarm-mute": _("Le microphone est coupé. Vérifiez l'interrupteur, l'appel ou l'autre programme."),
        "alarm-deaf": _("Le microphone n'entend rien. Vérifiez-le, ou mettez en pause."),
        "alarm-late": _("L'appareil n'enregistre plus depuis quelques secondes. Gardez cette page à l'écran."),
        "alarm-hidden": _("Cette page a été quittée ou l'écran verrouillé. Gardez-la à l'écran pendant l'entretien."),
        "alarm-room": _("Il reste peu de place sur cet appareil. Terminez bientôt et libérez de la place."),
        "alarm-long": _("L'enregistrement s'arrête à six heures ; il ne reste plus une demi-heure."),
        "alarm-battery": _("La batterie est presque vide. Branchez l'appareil."),
        "alarm-full": _("Cet appareil est plein : les dernières secondes ne sont pas gardées. Terminez maintenant."),
        "alarm-store": _("L'appareil ne garde plus ce qui est dit. Terminez, et continuez avec un dictaphone."),
    }


def _device() -> dict[str, str]:
    return {
        "check-recorder": _("Le navigateur enregistre le son"),
        "check-crypto": _("Le navigateur chiffre"),
        "check-store": _("L'appareil garde l'enregistrement chiffré, même si le navigateur s'arrête"),
        "check-room": _("Place libre pour trois heures"),
        "check-lasting": _("La place est réservée durablement"),
        "check-offline": _("L'enregistreur s'ouvre sans connexion"),
        "check-awake": _("L'écran reste allumé"),
        "check-battery": _("Batterie"),
        "unit-room": _("{value} Go"),
        "unit-battery": _("{value} %"),
        "unit-recorder": "{value}",
        "state-ok": _("En ordre"),
        "state-warns": _("À vérifier"),
        "state-fails": _("Insuffisant"),
        "state-unknown": _("Non mesurable"),
        "advice-recorder": _("Mettez le navigateur à jour, ou utilisez un dictaphone."),
        "advice-crypto": _("Mettez le navigateur à jour, ou utilisez un dictaphone."),
        "advice-store": _("Quittez la navigation privée, mettez le navigateur à jour, ou utilisez un dictaphone."),
        "advice-room": _("Il faut 300 Mo. Libérez de la place."),
        "advice-lasting": _(
            "Acceptez que le navigateur garde les données s'il le demande, ou installez l'enregistreur sur l'écran"
            " d'accueil, et envoyez l'enregistrement le jour même."
        ),
        "advice-offline": _("Gardez une connexion pendant l'entretien."),
        "advice-awake": _("Désactivez le verrouillage automatique pendant l'entretien."),
        "advice-battery": _("Branchez l'appareil."),
        "test-running": _("Parlez comme pendant l'entretien. Encore {n} s."),
        "test-low": _("Trop faible : rapprochez l'appareil, puis refaites le test."),
        "test-high": _("Trop fort : éloignez l'appareil, puis refaites le test."),
        "test-good": _("Le niveau est bon. Écoutez-vous."),
        "test-nothing": _(
            "Ce navigateur n'a rien enregistré. N'enregistrez pas l'entretien ici : utilisez un dictaphone, ou un autre"
            " navigateur."
        ),
        "test-refused": _("Le microphone est refusé. Autorisez-le dans les réglages du navigateur."),
    }
