"""The example of a proxy lets through what the platform takes, and no secret into its log (deploy/nginx.conf)."""

import re
import uuid
from pathlib import Path

import pytest

from guichet.accounts.tokens import new_token
from guichet.storage.cipher import PART_SIZE

CONFIG = Path("deploy/nginx.conf").read_text()
MB = 1024 * 1024
ID = str(uuid.UUID(int=7))
DOCUMENTS = [
    f"factures/{ID}/pieces/",
    f"factures/{ID}/saisie/",
    f"beneficiaires/{ID}/procuration/",
    f"beneficiaires/{ID}/procurations/ajouter/",
    "importer/",
    "mes-donnees/personnes/ajouter/",
    "bureau/paiements/reponses/lire/",
    "bureau/decisions/importer/",
    "bureau/mandats/importer/",
    f"bureau/mandats/{ID}/renonciation/",
    f"bureau/mandats/{ID}/renonciation/{ID}/revoquer/",
    f"bureau/mandats/{ID}/destruction/",
    f"bureau/mandats/{ID}/destruction/definitive/",
    f"bureau/destructions/{ID}/retrait/",
    f"bureau/enregistrements/{ID}/acces/",
]


def most_bytes(path):
    """What the first location that fits lets through; the general limit where none says otherwise."""
    blocks = re.findall(r"location ~ (\S+) \{(.*?)\n        \}", CONFIG, re.DOTALL)
    body = next((body for pattern, body in blocks if re.search(pattern, path)), "")
    said = re.search(r"client_max_body_size\s+(\d+)m", body) or re.search(r"client_max_body_size\s+(\d+)m", CONFIG)
    return int(said[1]) * MB


@pytest.mark.parametrize("path", DOCUMENTS)
def test_documents_pass_the_proxy(path, settings):
    assert most_bytes(f"/vs/{path}") >= settings.FILE_UPLOAD_MAX_MEMORY_SIZE


@pytest.mark.proves("REC-03")
def test_parts_of_a_recording_pass_the_proxy_and_never_lie_on_its_disk():
    path = f"/vs/depots/{ID}/fichier/{ID}/"
    assert most_bytes(path) >= PART_SIZE
    assert re.search(r"fichier/ \{[^}]*client_body_buffer_size 8m;[^}]*in_single_buffer on;", CONFIG)


def test_forms_are_limited_as_in_the_platform(settings):
    assert most_bytes("/vs/connexion/") == most_bytes(f"/vs/mandats/{ID}/") == settings.DATA_UPLOAD_MAX_MEMORY_SIZE


@pytest.mark.proves("SEC-06")
def test_secret_of_a_link_is_not_in_the_proxys_log():
    pattern = re.search(r'map \$uri \$tame_uri \{\s*"~(.+?)" "\$head', CONFIG)[1].replace("(?<", "(?P<")
    assert "$tame_uri" in re.search(r"log_format guichet '(.*)';", CONFIG)[1]
    passed = f"{10**9}-{'a' * 32}"
    for secret in (new_token(), "a" * 28, passed):
        found = re.search(pattern, f"/vs/ecouter/{secret}/")
        assert (found["head"], found["tail"]) == ("/vs/ecouter/", "/")
    assert re.search(pattern, f"/vs/ecoute/{ID}/{passed}/12")["head"] == f"/vs/ecoute/{ID}/"
    assert [path for path in DOCUMENTS if re.search(pattern, f"/vs/{path}")] == []


@pytest.mark.proves("SEC-01")
def test_proxy_speaks_tls_that_is_not_broken_and_never_redirects_software(settings):
    plain, secure = CONFIG.split("listen 80 default_server;")[1].split("listen 443 ssl;")
    assert re.search(r"location ~ \^/\[a-z0-9-\]\+/api/ \{\s+return 403;\s+\}", plain)
    assert re.search(r"ssl_protocols\s+(.*);", secure)[1] == "TLSv1.2 TLSv1.3"
    ciphers = re.search(r"ssl_ciphers\s+(\S+);", secure)[1].split(":")
    weak = [name for name in ciphers if not re.match(r"ECDHE-(ECDSA|RSA)-(AES(128|256)-GCM|CHACHA20-POLY1305)", name)]
    assert (weak, len(ciphers)) == ([], 6)
    files = re.search(r"location /static/ \{(.*?)\n        \}", secure, re.DOTALL)[1]
    year = f'Strict-Transport-Security "max-age={365 * 24 * 3600}; includeSubDomains" always;'
    assert (year in files, "X-Content-Type-Options nosniff always;" in files) == (True, True)
