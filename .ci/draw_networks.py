"""Draw the networks as block diagrams, like those of the papers: python .ci/draw_networks.py writes nbs/images/*.svg"""
from html import escape
from pathlib import Path

COLOURS = dict(visible='#ffd2b8', infrared='#d9dde6', shared='#cfe3f5', new='#d4efd0', head='#f3e6c0', loss='#ffffff')

class Drawing:
    "Boxes and arrows on a grid of pixels"
    def __init__(self, w, h, title): self.w, self.h, self.title, self.parts = w, h, title, []
    def box(self, x, y, w, h, text, kind='shared'):
        dash = ' stroke-dasharray="4 3"' if kind == 'loss' else ''
        self.parts.append(f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="5" fill="{COLOURS[kind]}" stroke="#444"{dash}/>')
        lines = text.split('\n')
        for i, o in enumerate(lines):
            at = y + h/2 + 4 + 14*(i - (len(lines) - 1)/2)
            self.parts.append(f'<text x="{x + w/2}" y="{at:.0f}" text-anchor="middle">{escape(o)}</text>')
        return x, y, w, h
    def arrow(self, *points):
        line = ' '.join(f'{x},{y}' for x, y in points)
        self.parts.append(f'<polyline points="{line}" fill="none" stroke="#444" stroke-width="1.4" marker-end="url(#a)"/>')
    def join(self, a, b):
        "From the right side of a box to the left side of another"
        start, end = (a[0] + a[2], a[1] + a[3]/2), (b[0], b[1] + b[3]/2)
        if start[1] == end[1]: return self.arrow(start, end)
        middle = end[0] - 12
        self.arrow(start, (middle, start[1]), (middle, end[1]), end)
    def row(self, x, y, texts, w=74, h=44, gap=20, kind='shared'):
        "Boxes side by side, joined"
        kinds = kind if isinstance(kind, list) else [kind]*len(texts)
        boxes = []
        for t, k in zip(texts, kinds):
            boxes.append(self.box(x, y, w, h, t, k))
            x += w + gap
        for a, b in zip(boxes, boxes[1:]): self.join(a, b)
        return boxes
    def save(self, file):
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.w} {self.h}" width="{self.w}" height="{self.h}" '
                'font-family="sans-serif" font-size="12"><title>' + escape(self.title) + '</title>'
                '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
                '<path d="M0 0 8 4 0 8z" fill="#444"/></marker></defs><rect width="100%" height="100%" fill="white"/>')
        Path(file).write_text(head + '\n'.join(self.parts) + '</svg>\n', encoding='utf-8')

def two_stems(d, y=20, after=None):
    "Two stems that meet; the first box after them"
    v, t = d.box(10, y, 96, 40, 'visible\nstem', 'visible'), d.box(10, y + 70, 96, 40, 'infrared\nstem', 'infrared')
    for o in (v, t): d.join(o, after)

def agw():
    d = Drawing(800, 150, 'AGW: two stems, a shared trunk, BNNeck')
    texts = ['layer1', 'layer2\n+ 2 non-local', 'layer3\n+ 3 non-local', 'layer4', 'GeM\nfeat', 'BNNeck\nneck', 'classifier\nlogits']
    boxes = d.row(136, 53, texts, w=80, gap=14, kind=['shared']*4 + ['head']*3)
    two_stems(d, after=boxes[0])
    return d

def mscmnet():
    d = Drawing(900, 260, 'MSCMNet: four stems (QFE), four attention blocks (MIMB)')
    boxes = d.row(150, 103, ['layer1', 'layer2', 'layer3'], w=62, gap=16)
    for i, (name, kind) in enumerate([('visible\nglobal', 'visible'), ('visible\nchannel', 'visible'), ('infrared\nglobal', 'infrared'), ('infrared\nchannel', 'infrared')]):
        d.join(d.box(10, 10 + 60*i, 100, 44, name, kind), boxes[0])
    albs = d.row(400, 103, ['ALB', 'ALB', 'ALB', 'ALB'], w=46, gap=14, kind='new')
    d.join(boxes[2], albs[0])
    # the shallower features, at the edges of the shared boxes
    sources = [142, 220, 298, 385]
    for i, (x, alb) in enumerate(zip(sources, albs)):
        y = 22 + 18*i
        d.arrow((x, 125), (x, y), (alb[0] + 23, y), (alb[0] + 23, 103))
    d.parts.append('<text x="400" y="172" fill="#333">MIMB: each looks at a shallower feature</text>')
    tail = d.row(656, 103, ['layer4', 'pool,\nBNNeck', 'classifier'], w=66, gap=14, kind=['shared', 'head', 'head'])
    d.join(albs[-1], tail[0])
    d.parts.append('<text x="10" y="254" fill="#333">training: four streams; inference: the two stems of a modality, averaged (eq. 3)</text>')
    return d

def dscnet():
    d = Drawing(800, 230, 'DSCNet: two stems, a shared trunk, three groups of channels')
    boxes = d.row(176, 53, ['layer1 to 4', 'pool,\nBNNeck'], w=100, gap=40, kind=['shared', 'head'])
    two_stems(d, after=boxes[0])
    loss = d.box(196, 150, 100, 40, 'ICSC, IMSC', 'loss')
    d.arrow((164, 110), (164, 170), (196, 170))
    for i, (name, colour) in enumerate([('red third', '#f6c6c6'), ('green third', '#cdeccd'), ('blue third', '#cbd5f5')]):
        COLOURS[name] = colour
        part = d.box(470, 5 + 52*i, 96, 40, name, name)
        d.join(boxes[1], part)
        d.join(part, d.box(606, 5 + 52*i, 110, 40, 'classifier\nof this third', 'head'))
    d.parts.append('<text x="470" y="180" fill="#333">channel-level ID (eq. 8) and WRT (eq. 9)</text>')
    d.parts.append('<text x="196" y="210" fill="#333">on the output of the stems</text>')
    return d

def deen():
    d = Drawing(900, 230, 'DEEN: stages that look back (MFA), three embeddings (DEE)')
    texts = ['layer1', 'MFA', 'layer2', 'MFA', 'layer3', 'MFA']
    boxes = d.row(136, 63, texts, w=58, gap=16, kind=['shared', 'new']*3)
    two_stems(d, y=30, after=boxes[0])
    for before, mfa in ((128, boxes[1]), (276, boxes[3]), (424, boxes[5])): # around each stage
        d.arrow((before, 85), (before, 40), (mfa[0] + 29, 40), (mfa[0] + 29, 63))
    last = d.box(730, 63, 62, 44, 'layer4', 'shared')
    for i, name in enumerate(['as it is', 'branch 1', 'branch 2']):
        o = d.box(602, 8 + 56*i, 84, 42, name, 'shared' if not i else 'new')
        d.join(boxes[-1], o)
        d.join(o, last)
    d.join(last, d.box(818, 63, 74, 44, 'three\nembeddings', 'head'))
    d.parts.append('<text x="602" y="195" fill="#333">DEE: two more maps from each one</text>')
    return d

for f in (agw, mscmnet, dscnet, deen): f().save(f'nbs/images/{f.__name__}.svg')
