"""What readers see: are the stored outputs of the pages whole and small, and are the modules' lines short?

Prints each fault with its notebook and cell, or file and line, and fails if there is one. `--skip NAME` reports the
faults of a check without failing for them."""
import argparse, ast, html, json, re, sys
from pathlib import Path

OUTPUT_LIMIT = 200_000      # bytes of stored outputs in a notebook
LARGE = {} # name of a notebook to the bytes it may hold, where a page needs more
WIDE, TOO_WIDE, WIDE_SHARE = 120, 150, .02

CHECKS = dict(
    error='an output is an error',
    progress='an output shows a progress bar',
    warning='an output shows a warning of a library',
    empty='an output shows nothing',
    size='the outputs of a notebook are too large',
    codelink='a name in backticks is linked by hand; nbdev links it, and a link in a link is broken',
    alt='a cell shows a picture and does not say what is seen: start it with #| fig-alt: "..."',
    lost='a cell says what its picture shows, but no picture is stored: run the page',
    nav='a page stands in no section of nbs/sidebar.yml',
    wide='lines of a module are too wide',
    private='a private name is imported from another module')

PROGRESS = re.compile(r'\d% \[\d+/\d+|<progress\b|\d%\|[^|\n]*\|\s*\d+/\d+')
WARNING = re.compile(r'\b(?:Future|Deprecation|PendingDeprecation|User|Runtime)Warning\b.*|.*site-packages/.*[Ww]arning.*')
CODELINK = re.compile(r'\[`[^`\]]+`\]\([^)\s]+\)')
UNSEEN = re.compile(r'<(style|script)\b.*?</\1>', re.S)

def joined(s): return ''.join(s) if isinstance(s, list) else str(s)

def texts(output):
    "What an output says, by kind of text"
    if 'text' in output: return {'text/plain': joined(output['text'])}
    return {k: joined(v) for k, v in output.get('data', {}).items() if k.startswith('text/')}

def is_empty(output):
    "Is there nothing to be seen? A picture, a widget or a word is something"
    if any(not k.startswith('text/') for k in output.get('data', {})): return False
    for kind, s in texts(output).items():
        if kind == 'text/html' and '<img' in s or '<svg' in s: return False
        seen = re.sub(r'<[^>]*>', '', UNSEEN.sub('', s)) if kind == 'text/html' else s
        if html.unescape(seen).strip(): return False
    return True

def output_faults(output):
    "Names of the checks that an output fails, with what it shows"
    if output['output_type'] == 'error':
        yield 'error', f'{output.get("ename")}: {output.get("evalue")}'
        return
    said = '\n'.join(texts(output).values())
    if m := PROGRESS.search(said): yield 'progress', m[0]
    if m := WARNING.search(said): yield 'warning', m[0].strip()[:100]
    if is_empty(output): yield 'empty', output['output_type']

HIDDEN = re.compile(r'^#\|\s*(hide|hide_output|output:\s*false|include:\s*false)\s*$', re.M)

def shows_picture(cell):
    "Does a reader of the site see a picture below this cell?"
    if HIDDEN.search(joined(cell['source'])): return False
    return any(k.startswith('image/') for o in cell['outputs'] for k in o.get('data', {}))

def nav_faults():
    "Pages that the navigation leaves out, and lines of it without a page"
    listed = re.findall(r'^\s*-\s+(\S+\.ipynb)\s*$', Path('nbs/sidebar.yml').read_text(encoding='utf-8'), re.M)
    pages = [f.relative_to('nbs').as_posix() for f in Path('nbs').rglob('*.ipynb') if not any(o[0] in '._' for o in f.parts)]
    for o in sorted(set(pages) - set(listed)): yield 'nav', f'nbs/{o}', 'add a line for it'
    for o in sorted(set(listed) - set(pages)): yield 'nav', 'nbs/sidebar.yml', f'{o} does not exist'
    for o in sorted({o for o in listed if listed.count(o) > 1}): yield 'nav', 'nbs/sidebar.yml', f'{o} stands there twice'

def page_faults(file):
    "Faults of a notebook: name of the check, place, what is wrong"
    every = json.loads(file.read_text(encoding='utf-8'))['cells']
    cells = [c for c in every if c['cell_type'] == 'code']
    for c in every:
        if c['cell_type'] != 'markdown': continue
        for m in CODELINK.finditer(joined(c['source'])): yield 'codelink', f'{file} cell {c.get("id")}', m[0]
    size = 0
    for c in cells:
        place = f'{file} cell {c.get("id")}'
        if c['outputs']: size += len(json.dumps(c['outputs'], ensure_ascii=False).encode())
        if shows_picture(c) and 'fig-alt:' not in joined(c['source']): yield 'alt', place, joined(c['source']).strip().splitlines()[-1][:80]
        if 'fig-alt:' in joined(c['source']) and not shows_picture(c): yield 'lost', place, joined(c['source']).strip().splitlines()[0][:80]
        for output in c['outputs']:
            for name, what in output_faults(output): yield name, place, what
        for name in private_imports(joined(c['source'])): yield 'private', place, name
    limit = LARGE.get(file.name, OUTPUT_LIMIT)
    if size > limit: yield 'size', file, f'{size/1000:.0f} kB of outputs, {limit/1000:.0f} are allowed'
    elif size > OUTPUT_LIMIT: print(f'{file}: {size/1000:.0f} kB of outputs, as it may have')

def private_imports(code):
    "Names with an underscore that code imports from modules of the library"
    plain = '\n'.join(' '*(len(o) - len(o.lstrip())) + 'pass' if o.lstrip()[:1] in ('%', '!') else o for o in code.splitlines())
    try: tree = ast.parse(plain)
    except SyntaxError: return
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom): continue
        if not node.level and (node.module or '').split('.')[0] != 'vireid': continue
        for o in node.names:
            if o.name.startswith('_') and not o.name.startswith('__'): yield f'{node.module}.{o.name}'

def module_faults(files):
    "Faults of the modules, and how many lines they have and how many of these are wide"
    n, wide = 0, []
    faults = []
    for f in files:
        source = f.read_text(encoding='utf-8')
        for i, line in enumerate(source.splitlines(), 1):
            if not line.strip(): continue
            n += 1
            if len(line) > WIDE: wide.append(f)
            if len(line) > TOO_WIDE: faults.append(('wide', f'{f}:{i}', f'{len(line)} characters'))
    if len(wide) > WIDE_SHARE*n:
        most = sorted({f: wide.count(f) for f in wide}.items(), key=lambda o: -o[1])
        where = ', '.join(f'{f} {k}' for f, k in most)
        faults.append(('wide', 'vireid', f'{len(wide)} of {n} lines are wider than {WIDE} characters: {where}'))
    return faults, n, len(wide)

def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument('--skip', nargs='*', default=[], choices=CHECKS, help='report the faults of these checks without failing')
    a = p.parse_args()
    hidden = lambda f: any(o[0] in '._' for o in f.parts)
    faults, n, wide = module_faults(sorted(f for f in Path('vireid').rglob('*.py') if f.name != '_modidx.py'))
    for f in sorted(Path('nbs').rglob('*.ipynb')):
        if not hidden(f): faults += page_faults(f)
    faults += nav_faults()
    for name, why in CHECKS.items():
        if not (own := [o for o in faults if o[0] == name]): continue
        print(f'\n{why}{" (reported only)" if name in a.skip else ""}:')
        for _, place, what in own: print(f'  {place}: {what}')
    print(f'modules: {n} lines that are not blank, {wide} of them ({100*wide/n:.1f} %) wider than {WIDE} characters')
    if any(o[0] not in a.skip for o in faults): sys.exit('the pages or modules have the faults listed above')

if __name__ == '__main__': main()
