"""Illustrations of the demo's stories and places, drawn when it is made: flat shapes in the colours of the service.

The scenes are laid out on a sheet of 960 x 600 points, whatever the size of the picture.
"""

from collections.abc import Callable, Sequence
from io import BytesIO

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 600
# Drawn twice as large, then reduced: Pillow's own edges are jagged.
_SCALE = 2

# The colours of pcc/static/pcc/css/tokens.css, and what lies between them.
PAPER, SUNKEN, CARD, LINE, INK = "#fbf8f1", "#f4efe3", "#ffffff", "#ddd6c6", "#1d2330"
PRIMARY, PRIMARY_TINT = "#1f3d7a", "#e8edf8"
DATA, DATA_TINT, DATA_SOFT = "#0b5f73", "#e3f1f3", "#8fc3cc"
PLACE, PLACE_TINT, PLACE_SOFT = "#99401c", "#fbebe2", "#d99c7c"
FUNDING, FUNDING_TINT, FUNDING_SOFT = "#4d5f12", "#eff3dc", "#a9b873"
SUN, SKIN_1, SKIN_2, SKIN_3 = "#f0c35c", "#e8b796", "#8a5a3c", "#c98d66"

Point = tuple[float, float]


class Sheet:
    """A sheet to draw on, in points from the upper left corner."""

    def __init__(self, background: str) -> None:
        self._image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), background)
        self._draw = ImageDraw.Draw(self._image)

    def shape(self, points: Sequence[Point], colour: str) -> None:
        self._draw.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour)

    def box(self, x: float, y: float, width: float, height: float, colour: str, *, round: float = 0) -> None:
        corners = self._corners(x, y, x + width, y + height)
        self._draw.rounded_rectangle(corners, radius=round * _SCALE, fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        self._draw.ellipse(self._corners(x - radius, y - radius, x + radius, y + radius), fill=colour)

    def oval(self, x: float, y: float, across: float, high: float, colour: str) -> None:
        self._draw.ellipse(self._corners(x - across, y - high, x + across, y + high), fill=colour)

    def arc(self, x: float, y: float, radius: float, start: float, end: float, colour: str, width: float) -> None:
        corners = self._corners(x - radius, y - radius, x + radius, y + radius)
        self._draw.arc(corners, start, end, fill=colour, width=round(width * _SCALE))

    def line(self, points: Sequence[Point], colour: str, width: float) -> None:
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        self._draw.line(scaled, fill=colour, width=round(width * _SCALE), joint="curve")
        for x, y in points:
            self.disc(x, y, width / 2, colour)

    def tilted(self, x: float, y: float, width: float, height: float, lean: float, colour: str) -> None:
        """A box whose upper side leans to the right by so many points."""
        self.shape([(x + lean, y), (x + lean + width, y + lean / 3), (x + width, y + height), (x, y + height)], colour)

    def person(self, x: float, y: float, *, coat: str, skin: str, hair: str, size: float = 1.0) -> None:
        """Head and shoulders; (x, y) is the middle of the shoulders' lower edge."""
        self.box(x - 62 * size, y - 120 * size, 124 * size, 180 * size, coat, round=56 * size)
        self.box(x - 16 * size, y - 150 * size, 32 * size, 50 * size, skin, round=14 * size)
        self.disc(x, y - 186 * size, 50 * size, hair)
        self.oval(x, y - 172 * size, 40 * size, 46 * size, skin)
        self.box(x - 44 * size, y - 232 * size, 88 * size, 40 * size, hair, round=20 * size)

    def png(self) -> bytes:
        """The picture in its final size."""
        packed = BytesIO()
        self._image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(packed, "PNG", optimize=False)
        return packed.getvalue()

    @staticmethod
    def _corners(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return (left * _SCALE, top * _SCALE, right * _SCALE, bottom * _SCALE)


def _lesson() -> Sheet:
    """Two generations around a laptop, the roadstead of Brest behind the window."""
    sheet = Sheet(DATA_TINT)
    sheet.box(500, 60, 380, 260, CARD, round=18)
    sheet.box(518, 78, 344, 224, "#cfe6ea", round=8)
    sheet.box(518, 218, 344, 84, DATA_SOFT)
    sheet.disc(780, 134, 34, SUN)
    sheet.box(600, 130, 22, 100, CARD)
    sheet.box(600, 150, 22, 18, PLACE)
    sheet.box(600, 188, 22, 18, PLACE)
    sheet.box(594, 112, 34, 22, PLACE, round=6)
    sheet.shape([(690, 236), (770, 236), (752, 258), (704, 258)], PRIMARY)
    sheet.shape([(728, 176), (728, 230), (764, 230)], CARD)
    sheet.box(684, 78, 12, 224, CARD)
    sheet.person(250, 480, coat=PRIMARY, skin=SKIN_2, hair=INK)
    sheet.person(470, 446, coat=PLACE_SOFT, skin=SKIN_1, hair="#d9d4c8")
    sheet.disc(470, 208, 26, "#d9d4c8")
    sheet.person(690, 486, coat=FUNDING, skin=SKIN_3, hair="#6b4a35", size=0.96)
    sheet.box(0, 476, 960, 124, "#c9a57f")
    sheet.box(0, 476, 960, 14, "#b38b62")
    sheet.shape([(362, 476), (578, 476), (560, 366), (380, 366)], INK)
    sheet.box(330, 470, 280, 20, "#3b4252", round=10)
    sheet.disc(470, 422, 14, DATA_SOFT)
    sheet.box(700, 440, 54, 50, CARD, round=8)
    sheet.arc(758, 464, 18, 270, 90, CARD, 8)
    sheet.tilted(120, 520, 150, 50, 26, CARD)
    return sheet


def _shoebox() -> Sheet:
    """Old photographs out of a shoebox, and the hills of the causse."""
    sheet = Sheet(PLACE_TINT)
    sheet.disc(160, 130, 62, SUN)
    sheet.oval(180, 420, 420, 170, FUNDING_SOFT)
    sheet.oval(760, 440, 460, 190, "#bfc98f")
    for x, y in ((96, 290), (150, 276), (812, 268), (868, 284), (760, 262)):
        sheet.disc(x, y, 26, FUNDING)
        sheet.box(x - 4, y + 14, 8, 30, "#5b4a36")
    sheet.box(0, 470, 960, 130, "#c9a57f")
    for x, y, lean, wide in ((300, 160, -34, 170), (440, 118, 12, 190), (590, 170, 46, 165)):
        sheet.tilted(x, y, wide, 250, lean, CARD)
        sheet.tilted(x + 14 + lean * 0.12, y + 20, wide - 28, 166, lean * 0.66, "#d8c9ae")
        middle = x + wide / 2 + lean * 0.5
        sheet.disc(middle - 26, y + 108, 20, "#8b7355")
        sheet.box(middle - 52, y + 128, 52, 56, "#8b7355", round=20)
        sheet.disc(middle + 26, y + 96, 22, "#6f5a41")
        sheet.box(middle - 4, y + 118, 60, 66, "#6f5a41", round=22)
    sheet.shape([(230, 356), (760, 356), (724, 548), (266, 548)], PLACE)
    sheet.shape([(206, 340), (784, 340), (776, 396), (214, 396)], "#7d3315")
    sheet.box(404, 432, 186, 68, PLACE_TINT, round=10)
    sheet.line([(430, 456), (564, 456)], PLACE_SOFT, 8)
    sheet.line([(430, 480), (520, 480)], PLACE_SOFT, 8)
    sheet.tilted(90, 500, 120, 70, 22, CARD)
    sheet.tilted(800, 508, 110, 62, -18, CARD)
    return sheet


def _nursery() -> Sheet:
    """Brick houses of Roubaix, one window lit, and building blocks before the door."""
    sheet = Sheet(PRIMARY_TINT)
    sheet.disc(820, 110, 48, CARD)
    walls = ("#a9502c", PLACE, "#8a3a19")
    for index, x in enumerate((40, 340, 640)):
        sheet.shape([(x, 190), (x + 140, 96), (x + 280, 190)], "#4b3a33")
        sheet.box(x, 184, 280, 326, walls[index])
        for row in range(8):
            for brick in range(5):
                sheet.box(x + 12 + brick * 54 + (row % 2) * 14, 204 + row * 38, 26, 5, "#b96a48")
    for x in (74, 206, 674, 806):
        sheet.box(x, 236, 80, 104, "#4b3a33", round=38)
        sheet.box(x + 8, 244, 64, 88, DATA_SOFT, round=32)
    sheet.box(376, 222, 208, 160, "#4b3a33", round=70)
    sheet.box(386, 232, 188, 142, SUN, round=62)
    sheet.line([(480, 236), (480, 276)], PLACE, 4)
    sheet.line([(430, 284), (530, 284)], PLACE, 6)
    for x, colour in ((436, PRIMARY), (480, FUNDING), (524, DATA)):
        sheet.line([(x, 286), (x, 314)], PLACE, 3)
        sheet.disc(x, 326, 15, colour)
    sheet.box(130, 376, 96, 134, PRIMARY, round=10)
    sheet.box(736, 376, 96, 134, DATA, round=10)
    sheet.box(436, 414, 92, 96, FUNDING, round=10)
    sheet.disc(512, 464, 6, SUN)
    sheet.box(0, 508, 960, 92, "#d5cfc2")
    blocks = ((268, 470, PRIMARY), (338, 470, SUN), (303, 400, DATA), (610, 470, FUNDING), (640, 400, PLACE_SOFT))
    for x, y, colour in blocks:
        sheet.box(x, y + 30, 66, 66, colour, round=8)
        sheet.disc(x + 33, y + 63, 16, CARD)
    sheet.disc(716, 536, 36, PLACE_SOFT)
    sheet.arc(716, 536, 24, 200, 340, CARD, 8)
    return sheet


def _counter() -> Sheet:
    """A counter where telephones are repaired: a cracked screen, a screwdriver, the drawers of a workshop."""
    sheet = Sheet(FUNDING_TINT)
    for row in range(3):
        for column in range(6):
            sheet.box(70 + column * 140, 56 + row * 84, 122, 68, CARD, round=10)
            sheet.box(116 + column * 140, 96 + row * 84, 30, 9, LINE, round=4)
    for x, y, colour in ((84, 150, DATA), (364, 66, PLACE_SOFT), (644, 234, FUNDING_SOFT), (784, 66, PRIMARY)):
        sheet.box(x, y, 94, 48, colour, round=8)
    sheet.person(250, 470, coat=DATA, skin=SKIN_3, hair=INK)
    sheet.person(730, 474, coat=PLACE, skin=SKIN_1, hair="#7a4a2a")
    sheet.disc(766, 288, 26, "#7a4a2a")
    sheet.box(0, 452, 960, 148, FUNDING)
    sheet.box(0, 452, 960, 18, "#3c4a0d")
    sheet.box(396, 204, 176, 330, INK, round=28)
    sheet.box(412, 232, 144, 258, PRIMARY_TINT, round=8)
    sheet.disc(484, 512, 11, "#545b6b")
    sheet.line([(412, 300), (452, 330), (444, 372), (498, 398), (556, 470)], PRIMARY, 5)
    sheet.line([(452, 330), (520, 292), (556, 300)], PRIMARY, 4)
    sheet.line([(498, 398), (540, 372)], PRIMARY, 4)
    sheet.line([(612, 420), (668, 536)], "#9aa1ad", 10)
    sheet.line([(664, 528), (704, 588)], PLACE_SOFT, 26)
    for x in (120, 168, 216):
        sheet.disc(x, 532, 15, FUNDING_TINT)
        sheet.line([(x - 8, 532), (x + 8, 532)], FUNDING, 4)
    return sheet


_RANGE: list[Point] = [
    *((0, 330), (90, 232), (128, 240), (180, 150), (214, 196), (240, 190), (312, 284), (352, 236)),
    *((400, 170), (430, 182), (474, 100), (520, 168), (552, 160), (640, 272), (690, 318), (770, 246)),
    *((800, 258), (836, 206), (900, 290), (960, 340), (960, 600), (0, 600)),
]


def _hills() -> Sheet:
    """The heights of La Réunion, a small painted shop among the palms."""
    sheet = Sheet("#fdf3dc")
    sheet.disc(720, 150, 78, SUN)
    sheet.shape(_RANGE, DATA_SOFT)
    sheet.shape([(0, 420), (200, 280), (420, 400), (640, 300), (960, 420), (960, 600), (0, 600)], "#5f9a8f")
    sheet.oval(480, 620, 700, 200, FUNDING_SOFT)
    sheet.shape([(270, 330), (690, 330), (640, 250), (320, 250)], PLACE)
    sheet.box(296, 328, 370, 170, CARD)
    sheet.box(280, 322, 402, 16, "#7d3315")
    for number in range(13):
        sheet.shape([(284 + number * 31, 338), (310 + number * 31, 338), (297 + number * 31, 358)], CARD)
    sheet.box(440, 376, 84, 122, DATA, round=6)
    sheet.box(482, 376, 4, 122, DATA_TINT)
    for x in (324, 558):
        sheet.box(x, 384, 82, 74, "#cfe6ea")
        sheet.box(x - 14, 384, 22, 74, FUNDING)
        sheet.box(x + 74, 384, 22, 74, FUNDING)
    sheet.box(270, 496, 430, 16, "#b38b62")
    for x, height, side in ((150, 250, 1), (208, 200, -1), (800, 270, -1)):
        top = 520 - height
        sheet.line([(x, 530), (x + side * 10, 520 - height / 2), (x + side * 30, top)], "#7a5a3c", 14)
        crown = x + side * 30
        for dx, dy in ((-82, 30), (-64, -22), (-10, -58), (52, -34), (80, 22), (30, 52)):
            sheet.line([(crown, top), (crown + dx * 0.6, top + dy * 0.3 - 18), (crown + dx, top + dy)], FUNDING, 13)
    sheet.person(700, 606, coat=PRIMARY, skin=SKIN_2, hair=INK, size=0.7)
    sheet.person(876, 612, coat=PLACE_SOFT, skin=SKIN_3, hair="#3a2a22", size=0.68)
    return sheet


def _tavern() -> Sheet:
    """A stone tavern in the evening, its logs, its chimney and an aerial among the firs."""
    sheet = Sheet("#dfe4f2")
    sheet.disc(150, 120, 50, CARD)
    sheet.oval(200, 470, 420, 150, "#9fb0a4")
    sheet.oval(800, 480, 420, 170, "#8aa093")
    for x, y, size in ((70, 420, 1.1), (160, 440, 0.8), (840, 430, 1.2), (915, 450, 0.9), (770, 440, 0.7)):
        for step in range(3):
            half, top = (30 + step * 18) * size, y - (190 - step * 52) * size
            sheet.shape([(x, top), (x - half, top + 84 * size), (x + half, top + 84 * size)], "#2f5646")
        sheet.box(x - 7, y - 10, 14, 50, "#4b3a33")
    sheet.box(0, 470, 960, 130, FUNDING_SOFT)
    for x, y, radius in ((566, 84, 26), (600, 50, 34), (650, 24, 40)):
        sheet.disc(x, y, radius, CARD)
    sheet.box(534, 110, 54, 110, "#6d655c")
    sheet.shape([(230, 250), (330, 150), (620, 150), (720, 250)], "#4b3a33")
    sheet.box(258, 246, 434, 254, "#b8ae9d")
    for x, y in ((276, 268), (372, 300), (610, 268), (640, 330), (290, 440), (620, 450), (470, 262), (540, 310)):
        sheet.box(x, y, 52, 24, "#a59a88", round=8)
    for x in (296, 560):
        sheet.box(x, 346, 96, 84, "#4b3a33", round=8)
        sheet.box(x + 8, 354, 80, 68, SUN, round=4)
        sheet.box(x + 45, 354, 6, 68, "#4b3a33")
    sheet.box(426, 356, 98, 144, PLACE, round=8)
    sheet.box(440, 370, 70, 56, SUN, round=6)
    sheet.box(388, 300, 174, 38, PRIMARY, round=8)
    for x in (420, 450, 480, 510):
        sheet.box(x, 314, 18, 9, CARD, round=4)
    sheet.line([(250, 250), (250, 96)], INK, 7)
    for radius in (26, 46, 66):
        sheet.arc(250, 96, radius, 300, 60, PLACE, 7)
    sheet.disc(250, 96, 10, PLACE)
    for row, count in ((0, 5), (1, 4), (2, 3)):
        for log in range(count):
            x, y = 116 + log * 44 + row * 22, 520 - row * 38
            sheet.disc(x, y, 21, "#8b6a47")
            sheet.disc(x, y, 13, "#d9b98c")
    sheet.box(690, 500, 170, 14, "#7a5a3c", round=6)
    for x in (712, 820):
        sheet.box(x, 512, 14, 44, "#7a5a3c")
    return sheet


def _room() -> Sheet:
    """A bright room: windows on the roadstead, tables in a U, chairs."""
    sheet = Sheet(PAPER)
    sheet.box(0, 420, 960, 180, "#d9b98c")
    for x in (70, 370, 670):
        sheet.box(x, 70, 220, 230, CARD, round=8)
        sheet.box(x + 12, 82, 196, 206, "#cfe6ea")
        sheet.box(x + 12, 220, 196, 68, DATA_SOFT)
        sheet.box(x + 104, 82, 12, 206, CARD)
    sheet.shape([(400, 244), (470, 244), (456, 262), (414, 262)], PRIMARY)
    for x, y, wide in ((120, 400, 720), (120, 400, 130), (710, 400, 130)):
        deep = 26 if wide > 200 else 130
        sheet.box(x, y, wide, deep, PLACE_SOFT, round=6)
    for x in range(180, 800, 110):
        sheet.box(x, 350, 60, 46, PRIMARY, round=10)
    for y in (460, 520):
        for x in (60, 850):
            sheet.box(x, y, 50, 40, PLACE, round=10)
    return sheet


def _kitchen() -> Sheet:
    """A kitchen: a long worktop, a sink, a hob, shelves with pans."""
    sheet = Sheet(PLACE_TINT)
    for y in (90, 210):
        sheet.box(80, y, 800, 16, "#8b6a47", round=4)
    for x, y, tall, colour in (
        (120, 90, 54, PRIMARY),
        (210, 90, 40, SUN),
        (300, 90, 60, FUNDING),
        (560, 90, 46, DATA),
        (680, 90, 58, PLACE),
        (150, 210, 46, CARD),
        (260, 210, 58, PLACE_SOFT),
        (420, 210, 40, DATA_SOFT),
        (720, 210, 52, FUNDING_SOFT),
    ):
        sheet.box(x, y - tall, 56, tall, colour, round=8)
    sheet.box(40, 360, 880, 30, "#c8ccd4", round=6)
    sheet.box(60, 390, 840, 170, CARD, round=4)
    for x in (70, 280, 490, 700):
        sheet.box(x + 10, 404, 180, 142, SUNKEN, round=8)
        sheet.box(x + 80, 418, 40, 8, LINE, round=4)
    sheet.box(180, 348, 150, 20, "#9aa3b2", round=6)
    sheet.line([(256, 350), (256, 300), (300, 300)], "#9aa3b2", 10)
    for x in (600, 690):
        sheet.oval(x, 358, 36, 9, INK)
    sheet.box(566, 316, 70, 40, "#6b7280", round=8)
    return sheet


def _computers() -> Sheet:
    """Screens in a row before a white board."""
    sheet = Sheet(DATA_TINT)
    sheet.box(240, 50, 480, 200, CARD, round=8)
    for y, wide in ((100, 300), (140, 240), (180, 340)):
        sheet.line([(280, y), (280 + wide, y)], DATA_SOFT, 8)
    sheet.box(0, 440, 960, 160, "#c9a57f")
    for x in (60, 280, 500, 720):
        sheet.box(x, 300, 180, 116, INK, round=8)
        sheet.box(x + 10, 310, 160, 92, DATA_SOFT, round=4)
        sheet.box(x + 80, 416, 20, 24, INK)
        sheet.box(x + 20, 450, 140, 16, CARD, round=4)
        sheet.box(x + 40, 500, 100, 90, PRIMARY, round=16)
    return sheet


def _hangar() -> Sheet:
    """A shed with its door open, shelves and boxes inside."""
    sheet = Sheet(PRIMARY_TINT)
    sheet.box(0, 480, 960, 120, "#b9b2a3")
    sheet.shape([(80, 220), (480, 80), (880, 220), (880, 500), (80, 500)], "#7d8796")
    sheet.shape([(60, 226), (480, 66), (900, 226), (900, 250), (480, 92), (60, 250)], "#4b5563")
    sheet.box(230, 260, 500, 240, "#2c3442")
    for y in (330, 410, 490):
        sheet.box(250, y, 460, 10, PLACE_SOFT)
    for x, y, colour in (
        (270, 330, "#c9a57f"),
        (360, 330, SUN),
        (560, 330, "#c9a57f"),
        (300, 410, DATA_SOFT),
        (430, 410, "#c9a57f"),
        (620, 410, FUNDING_SOFT),
        (280, 490, "#c9a57f"),
        (500, 490, PLACE_SOFT),
        (610, 490, "#c9a57f"),
    ):
        sheet.box(x, y - 52, 74, 52, colour, round=4)
    return sheet


def _garden() -> Sheet:
    """Three plots at the foot of two towers."""
    sheet = Sheet("#dcebf4")
    sheet.disc(830, 100, 48, SUN)
    for x, tall in ((140, 330), (320, 270)):
        sheet.box(x, 400 - tall, 140, tall, CARD)
        for row in range(tall // 50):
            for column in range(3):
                sheet.box(x + 16 + column * 40, 416 - tall + row * 50, 26, 30, DATA_SOFT)
    sheet.box(0, 390, 960, 210, FUNDING_SOFT)
    for x in (60, 360, 660):
        sheet.box(x, 440, 240, 120, "#7a5a3c", round=8)
        for row in range(3):
            for column in range(6):
                sheet.disc(x + 30 + column * 36, 464 + row * 36, 12, FUNDING if row != 1 else PLACE)
    sheet.box(690, 330, 120, 90, "#8b6a47")
    sheet.shape([(676, 336), (750, 280), (824, 336)], PLACE)
    return sheet


def _yard() -> Sheet:
    """A school yard: the school with its door open, a tree, a bench, a ball."""
    sheet = Sheet(PAPER)
    sheet.box(0, 420, 960, 180, "#d9b98c")
    sheet.box(90, 150, 520, 280, CARD, round=8)
    for x in (130, 250, 370):
        sheet.box(x, 190, 80, 100, "#cfe6ea", round=4)
    sheet.box(490, 250, 90, 180, PRIMARY, round=4)
    sheet.box(770, 300, 26, 180, "#7a5a3c")
    sheet.disc(783, 250, 96, DATA_SOFT)
    sheet.box(650, 480, 230, 18, "#8b6a47", round=6)
    for x in (670, 840):
        sheet.box(x, 496, 16, 50, "#8b6a47")
    sheet.disc(330, 520, 24, FUNDING)
    return sheet


def _wall() -> Sheet:
    """An old wall half rebuilt, a peach tree against it, stones and a bucket at its foot."""
    sheet = Sheet(PAPER)
    sheet.box(0, 440, 960, 160, FUNDING_SOFT)
    for row in range(6):
        for column in range(9 if row < 3 else 5):
            sheet.box(70 + column * 92 + (row % 2) * 20, 400 - row * 44, 84, 36, "#d9b98c", round=8)
    sheet.box(250, 210, 18, 240, "#7a5a3c")
    for x, y in ((200, 230), (300, 220), (255, 180), (180, 300), (330, 300)):
        sheet.disc(x, y, 44, DATA_SOFT)
        sheet.disc(x + 10, y + 8, 12, PLACE)
    for x in (620, 690, 770):
        sheet.box(x, 480, 60, 34, "#d9b98c", round=8)
    sheet.box(520, 470, 56, 64, PRIMARY, round=6)
    return sheet


PLACES: dict[str, Callable[[], Sheet]] = {
    "room": _room,
    "kitchen": _kitchen,
    "computers": _computers,
    "hangar": _hangar,
    "garden": _garden,
}

# By the slug of the story: what draws the scene, and what it shows to whoever does not see it.
PICTURES: dict[str, tuple[Callable[[], Sheet], str]] = {
    "brest-les-mercredis-a-l-envers": (
        _lesson,
        "Dessin : deux jeunes et une dame âgée autour d’un ordinateur portable, la rade de Brest par la fenêtre.",
    ),
    "lot-les-boites-a-chaussures": (
        _shoebox,
        "Dessin : des photographies anciennes sortent d’une boîte à chaussures, devant les collines du causse.",
    ),
    "roubaix-la-creche-du-pile": (
        _nursery,
        "Dessin : trois maisons de briques, une fenêtre éclairée avec un mobile, des cubes d’enfant devant la porte.",
    ),
    "plaine-commune-le-comptoir-des-telephones": (
        _counter,
        "Dessin : deux personnes derrière un comptoir, un téléphone à l’écran fendu, un tournevis.",
    ),
    "la-reunion-deux-matinees-en-haut": (
        _hills,
        "Dessin : une petite boutique peinte entre les palmiers, au pied des montagnes de La Réunion.",
    ),
    "millevaches-le-bistrot-et-la-chaudiere": (
        _tavern,
        "Dessin : un bistrot de pierre aux fenêtres éclairées, un tas de bûches, une antenne, des sapins.",
    ),
    "figeac-les-tisserandes": (_room, "Dessin : une grande salle claire, ses tables en U, trois fenêtres sur l’eau."),
    "tourcoing-les-jardiniers-du-canal": (_garden, "Dessin : trois carrés de potager au pied de deux tours."),
    "marseille-les-cousines": (_yard, "Dessin : une cour d’école, sa porte bleue, un arbre, un banc et un ballon."),
    "montreuil-les-murs-a-peches": (
        _wall,
        "Dessin : un vieux mur à demi relevé, un pêcher contre lui, des pierres et un seau à son pied.",
    ),
    "corte-les-chataignes": (_kitchen, "Dessin : une cuisine, son plan de travail et ses fourneaux."),
    "noumea-le-caillou-circulaire": (_hangar, "Dessin : un hangar ouvert, des étagères et des caisses."),
}


def draw(slug: str) -> tuple[bytes, str]:
    """The PNG of this story and its alternative text. Raises KeyError for a story without a drawing."""
    scene, told = PICTURES[slug]
    return scene().png(), told
