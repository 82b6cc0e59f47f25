"After the README's first command: is the run folder whole, and do its numbers hold up?"
import sys
from pathlib import Path
import numpy as np, pandas as pd
from vireid.core import check_items, item_cols
from vireid.data.datasets import sysu_items
from vireid.evaluate import evaluate

run = Path(sys.argv[1])
for o in ('config.json environment.json log.csv last.pth best.pth results.csv trials.csv embeddings.npz index.html '
          'figures/cmc.png figures/tsne.png figures/distances.png figures/ranked.png').split():
    assert (run/o).stat().st_size > 0, o

items = sysu_items(run/'data')
train, test = (set(items.pid[items.split == o]) for o in ('train', 'test'))
assert not train & test and len(test) >= 50

z = np.load(run/'embeddings.npz')
again = evaluate(z['emb'], check_items(pd.DataFrame({c: z[f'column {c}'] for c in item_cols})), 'sysu_all').mean
row = pd.read_csv(run/'results.csv').iloc[0]
assert row.trials == 10 and abs(again.rank1 - row.rank1) < 1e-6 and abs(again.mAP - row.mAP) < 1e-6
assert row.rank1 >= 20/len(test), f'Rank-1 {row.rank1:.3f} is below twenty times chance, {20/len(test):.3f}'
print(f'demo: Rank-1 {100*row.rank1:.1f} %, mAP {100*row.mAP:.1f} % on {len(test)} unseen persons (chance {100/len(test):.1f} %)')
