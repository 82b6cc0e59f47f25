"""Draw the pictures of the home page from a run of `vireid_demo`: python .ci/home_pictures.py runs/demo

Writes nbs/images/home.png (an infrared query, its ranked list, heat maps) and nbs/images/card.png (for links to the site)."""
import sys
from pathlib import Path
import matplotlib
matplotlib.use('agg')
import matplotlib.pyplot as plt
from vireid.all import *
from vireid.data.block import load_image
from vireid.cam import *

def show(ax, img, title='', colour=None):
    ax.imshow(img)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_title(title, fontsize=9, color=colour or 'black')
    for o in ax.spines.values(): o.set(visible=colour is not None, color=colour, linewidth=3)

def ranked_with_maps(interp, query, k=6):
    "Query and hits in the upper row, where their similarity is in the lower"
    path = interp.query.path.iloc[query]
    hits = interp.ranked(query, k)
    maps = [interp._explain(query, hits.index[[i]], None, "gradcam") for i in range(len(hits))]
    h, w = maps[0][0].shape
    fig, axs = plt.subplots(2, k + 1, figsize=(1.05*(k + 1), 4.6), layout='constrained')
    own = load_image(path, (h, w))
    show(axs[0, 0], own, 'infrared\nquery')
    for ax, (i, row), (of_query, of_hit) in zip(axs.T[1:], hits.iterrows(), maps):
        right = row.pid == interp.query.pid.iloc[query]
        img = load_image(row.path, (h, w))
        show(ax[0], img, f'{"right" if right else "wrong"}\n{row["dist"]:.2f}', 'tab:green' if right else 'tab:red')
        show(ax[1], img)
        ax[1].imshow(of_hit, cmap='inferno', alpha=.55)
    show(axs[1, 0], own)
    axs[1, 0].imshow(maps[0][0], cmap='inferno', alpha=.55)
    fig.suptitle('Synthetic people, small network of vireid_demo: nearest visible pictures, and what made them similar', fontsize=9)
    return fig

def card(interp, query):
    "1200 x 630 pixels: name, one sentence, a query and its first hits"
    fig = plt.figure(figsize=(12, 6.3), dpi=100, facecolor='#1f2a44')
    fig.text(.06, .78, 'vireid', fontsize=64, color='white', weight='bold')
    fig.text(.06, .68, 'visible-infrared person re-identification, the fastai way', fontsize=22, color='#ffa07a')
    hits = interp.ranked(query, 6)
    for i, path in enumerate([interp.query.path.iloc[query], *hits.path]):
        ax = fig.add_axes([.06 + .127*i, .08, .118, .5])
        ax.imshow(load_image(path, (192, 96)))
        ax.axis('off')
    fig.text(.06, .03, 'synthetic people', fontsize=12, color='white')
    return fig

def save(fig, file):
    "A picture in few colours, so that it stays small"
    from PIL import Image
    fig.savefig(file, dpi=100 if 'card' in file.name else 110, facecolor=fig.get_facecolor())
    Image.open(file).convert('RGB').quantize(128).save(file, optimize=True)
    print(file, file.stat().st_size)

def main(run, *parts, query=102):
    parts = parts or ('home', 'card', 'explorer')
    learn = load_run(run, 'last')
    images = Path('nbs/images')
    with learn.no_bar():
        interp = RetrievalInterpretation.from_learner(learn, sysu_all)
        if 'home' in parts: save(ranked_with_maps(interp, query), images/'home.png')
        if 'card' in parts: save(card(interp, query), images/'card.png')
        if 'explorer' not in parts: return
        ex = Explorer(learn, protocols=sysu_all)
        save(ex.plot(query=query, hit=1), images/'explorer.png')

if __name__ == '__main__': main(*sys.argv[1:])
