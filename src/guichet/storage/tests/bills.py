"""Swiss QR-bills as they arrive: printed, photographed at 100 dpi, crooked, noisy. Every dice has a seed."""

import functools
import io
import random
from statistics import NormalDist

import segno
from PIL import Image, ImageChops, ImageDraw
from qrbill import QRBill
from stdnum.ch import esr

_CODE_MM, _CROSS_MM = 46, 7
_LEFT_MM, _TOP_MM = 67, 209  # of the code on an A4 page with the payment part at its foot
_A4_MM = (210, 297)
_SHARP = 300  # dpi at which a page is drawn before it is photographed
_WORDS = "Prestations de soins, repas et transports du mois selon décompte annexé, merci de votre confiance. "


def payload(seed):
    """What a bill's code says: an invented creditor, debtor, reference and amount; at most 400 characters."""
    dice = random.Random(seed)
    reference = f"{dice.randrange(10**26):026d}"
    bill = QRBill(
        account="CH4431999123000889012",
        creditor={
            "name": f"Fournitures Exemple {dice.randrange(1000)} SA",
            "street": "Rue de l'Industrie",
            "house_num": str(dice.randrange(1, 99)),
            "pcode": "1950",
            "city": "Sion",
            "country": "CH",
        },
        debtor={
            "name": "Home Les Mélèzes",
            "street": "Route des Alpes",
            "house_num": "12",
            "pcode": "3960",
            "city": "Sierre",
            "country": "CH",
        },
        amount=f"{dice.randrange(5, 5000)}.{dice.randrange(100):02d}",
        reference_number=reference + esr.calc_check_digit(reference),
        additional_information=(_WORDS * 2)[: dice.randrange(60, 120)].strip(),
        language="fr",
    )
    return bill.qr_data()


def page(text, *, dpi=100, angle=0.0, noise=0.0, seed=0):
    """An A4 page with a bill, in shades of grey, as a camera sees it."""
    turned = _flat(text, dpi).rotate(angle, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return _grainy(turned, noise, seed) if noise else turned


def speckled(image, share, seed):
    """With this share of the pixels black or white, as a dirty scanner sees."""
    dice = random.Random(seed)
    pixels = bytearray(image.tobytes())
    for _ in range(round(len(pixels) * share)):
        pixels[dice.randrange(len(pixels))] = dice.choice((0, 255))
    return Image.frombytes("L", image.size, bytes(pixels))


def encoded(image, kind="PNG", **save):
    """The image as a file."""
    out = io.BytesIO()
    image.save(out, kind, **save)
    return out.getvalue()


@functools.cache
def _flat(text, dpi):
    return _drawn(text).resize(tuple(round(mm / 25.4 * dpi) for mm in _A4_MM), Image.Resampling.LANCZOS)


def _grainy(image, noise, seed):
    """With Gaussian noise of this standard deviation, in steps of 1/256 of its distribution."""
    curve = NormalDist(128, noise)
    steps = bytes(min(255, max(0, round(curve.inv_cdf((step + 0.5) / 256)))) for step in range(256))
    grains = random.Random(seed).randbytes(image.width * image.height).translate(steps)
    return ImageChops.add(image, Image.frombytes("L", image.size, grains), 1, -128)


def _drawn(text):
    sheet = Image.new("L", tuple(_pixels(mm) for mm in _A4_MM), 255)
    pen = ImageDraw.Draw(sheet)
    for line in range(20):
        pen.text((_pixels(20), _pixels(30 + 8 * line)), f"{line + 1}. {_WORDS}", fill=0, font_size=35)
    sheet.paste(_code(text), (_pixels(_LEFT_MM), _pixels(_TOP_MM)))
    return sheet


def _code(text):
    """The code at its size, with the Swiss cross in its middle; error correction M as the standard says."""
    symbol = io.BytesIO()
    segno.make(text, error="m", boost_error=False, micro=False, encoding="utf-8").save(
        symbol, kind="png", scale=20, border=0
    )
    side = _pixels(_CODE_MM)
    code = Image.open(symbol).convert("L").resize((side, side), Image.Resampling.LANCZOS)
    pen = ImageDraw.Draw(code)
    centre, half = side / 2, _pixels(_CROSS_MM) / 2
    pen.rectangle([centre - half, centre - half, centre + half, centre + half], fill=0)
    long, thick = half * 0.65, half * 0.2
    pen.rectangle([centre - long, centre - thick, centre + long, centre + thick], fill=255)
    pen.rectangle([centre - thick, centre - long, centre + thick, centre + long], fill=255)
    return code


def _pixels(mm):
    return round(mm / 25.4 * _SHARP)
