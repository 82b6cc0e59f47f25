#!/usr/bin/env python
"""Is each refusal tried? Takes one guard after the other out of a notebook (`if BAD: raise ...` becomes `if False: raise ...`) and runs its cells.

    python .ci/mutants.py nbs/00_core.ipynb                  all guards of a page
    python .ci/mutants.py nbs/60_evaluate.ipynb --every 5    each fifth

A guard whose loss no cell notices is listed as a survivor. Each run is a fork of one process that has loaded everything. Needs `os.fork`."""
import argparse, ast, json, os, sys, time
from pathlib import Path
from scratch import scratch_folder
scratch_folder('vireid-mutants-') # before the library is imported

def code_cells(file):
    "Sources of a notebook's cells that a test runs"
    cells = [''.join(o['source']) for o in json.loads(Path(file).read_text())['cells'] if o['cell_type'] == 'code']
    left_out = ('nbdev_export()', '#| eval: false', '#| default_exp', '#| slow', '#| gpu', '#| data')
    cells = [o.replace('from nbdev.showdoc import *\n', '') for o in cells]
    return [o for o in cells if not any(word in o for word in left_out)]

def guards(source):
    "(line, start, end) of each condition whose only outcome is an error"
    if '#| export' not in source: return []
    lines = source.splitlines(keepends=True)
    starts = [0]
    for o in lines: starts.append(starts[-1] + len(o.encode()))
    def at(line, col): return starts[line - 1] + col
    found = [o for o in ast.walk(ast.parse(source)) if isinstance(o, ast.If) and not o.orelse and isinstance(o.body[-1], ast.Raise)]
    return [(o.lineno, at(o.test.lineno, o.test.col_offset), at(o.test.end_lineno, o.test.end_col_offset)) for o in found]

def run(cells):
    "What stops the cells; None if nothing does"
    names = {'__name__': '__main__'}
    for i, source in enumerate(cells):
        try: exec(compile(source, f'cell {i}', 'exec'), names)
        except BaseException as e: return f'{type(e).__name__} in cell {i}: {e}'

def in_child(cells, folder):
    "The same in a fork, so that nothing stays: its answer, or None"
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.chdir(folder)
        os.write(write, str(run(cells) or '').encode()[:4000])
        os._exit(0)
    os.close(write)
    with os.fdopen(read, 'rb') as f: said = f.read().decode(errors='replace')
    os.waitpid(pid, 0)
    return said or None

def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument('notebook')
    p.add_argument('--every', type=int, default=1, help='take each n-th guard alone')
    p.add_argument('--minutes', type=float, default=60, help='begin no further one after so long')
    a = p.parse_args()
    import vireid.all, hypothesis # once for all forks
    start, folder, cells = time.time(), Path(a.notebook).parent, code_cells(a.notebook)
    if why := in_child(cells, folder): sys.exit(f'{a.notebook} as it is: {why}')
    found = [(i, *o) for i, source in enumerate(cells) for o in guards(source)][::a.every]
    tried, survivors = 0, 0
    for i, line, begin, end in found:
        if time.time() - start > 60*a.minutes: break
        data = cells[i].encode()
        changed = (data[:begin] + b'False' + data[end:]).decode()
        tried += 1
        if in_child([*cells[:i], changed, *cells[i + 1:]], folder): continue
        survivors += 1
        print(f'survives: if {data[begin:end].decode()}: {cells[i].splitlines()[line - 1].strip()[:120]}', flush=True)
    print(f'{a.notebook}: {tried} of {len(found)} guards taken out, {survivors} not noticed [{time.time() - start:.0f} s]')

if __name__ == '__main__': main()
