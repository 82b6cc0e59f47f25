#!/usr/bin/env python
"""Bad input on purpose, at each door of the library: functions, recipes, commands, tables, pictures and files of all kinds.

    python .ci/bad_inputs.py              all of it, about a minute on one core
    python .ci/bad_inputs.py --every 4    each fourth input, for CI

An input is answered by a clear error (ValueError or OSError of the library, whose text names the option or file), by an error that says too
little, by a foreign traceback, or it is accepted; what is accepted is compared with the right result where there is one. All that is no clear error
is listed. The exit status is 1 if an accepted input has a wrong result, a traceback is foreign in 2 % or more, or fewer than 95 % are clear or right."""
import argparse, contextlib, io, json, os, shutil, sys, time, traceback
from pathlib import Path
from unittest import mock
from scratch import scratch_folder
home = scratch_folder('vireid-bad-') # before the library is imported
import numpy as np, pandas as pd, torch
from dataclasses import replace
from PIL import Image
from vireid import cli, core, losses
from vireid.all import *
from vireid.test_utils import random_embeddings, tiny_learner
torch.set_num_threads(1)

nan, inf = float('nan'), float('inf')
no_whole = (nan, inf, 1.5, '3', True, -1, [2], {}, 10**30)
no_real = (nan, -inf, '0.1', True, [.1], 1j)
no_flag = ('no', 1, [], nan)
no_word = ('', 'nothing', 3, None, ['x'])
no_path = ('', 3, 'a\0b')
no_ids = (['a', 'b', 'c', 'd'], [.5, 1, 2, 3], [nan, 1, 2, 3], [1e20, 1, 2, 3], [[1, 2], [3, 4]], [1, 2, 3], None, [-1, 0, 1, 2], '0123')
no_matrix = (None, 'x', 5, [1, 2], np.zeros((4, 3)), np.full((4, 4), nan), np.full((4, 4), 'a'), np.zeros((4, 4), complex), np.zeros((2, 2, 2)),
             np.full((4, 4), inf), np.zeros((0, 4)), [[1], [1, 2]], [[None]*4]*4)
no_file = {'empty': b'', 'a web page': b'<!doctype html><title>quota exceeded</title>', 'a pointer': b'version https://git-lfs\noid sha256:0\n',
           'zeros': b'\0'*300, 'a zip': b'PK\x05\x06' + b'\0'*18, 'a pickle': b'\x80\x04N.'}

cases = []
def bad(entry, word, values, call, right=None):
    "Inputs of one entry: an error must hold `word`; `right(value, result)` says whether an accepted value has the right result"
    for value in values: cases.append((entry, word, value, call, right))

def said(value):
    text = ascii(value).replace(str(home), '...')
    return text if len(text) < 60 else text[:57] + '...'

def outcome(word, value, call, right):
    "`clear`, `unclear`, `foreign`, `right`, `wrong` or `accepted`, and what was said"
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()): res = call(value)
    except (ValueError, OSError) as e:
        text, last = str(e), traceback.extract_tb(e.__traceback__)[-1]
        own = 'vireid' in last.filename
        words = [word] if isinstance(word, str) else word
        if own and any(o.lower() in text.lower() for o in words): return 'clear', text
        return ('unclear' if own else 'foreign'), f'{type(e).__name__} at {Path(last.filename).name}:{last.lineno}: {text}'
    except SystemExit as e: return 'foreign', f'exit {e.code}'
    except Exception as e:
        last = traceback.extract_tb(e.__traceback__)[-1]
        return 'foreign', f'{type(e).__name__} at {Path(last.filename).name}:{last.lineno}: {e}'
    if right is None: return 'accepted', said(res)
    return ('right' if right(value, res) else 'wrong'), said(res)

def written(name, data):
    file = home/name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file

def numbers_and_scores(items, emb):
    "Distances, embeddings, protocols, tables"
    d, p, c = np.arange(16.).reshape(4, 4), [0, 1, 2, 3], [1, 1, 1, 1]
    bad('rank_metrics dist', 'distances', no_matrix, lambda o: rank_metrics(o, p, p, c, c, 'i2v'))
    for i, word in enumerate(('query pid', 'gallery pid', 'query camid', 'gallery camid')):
        def metrics(o, i=i):
            ids = [p, p, c, c]
            ids[i] = o
            return rank_metrics(d, *ids, 'sysu_all')
        bad(f'rank_metrics {word}', [word, word.split()[0], 'distances', 'q_camids', 'camera ids'], no_ids, metrics, lambda o, r: i >= 2 and o == [-1, 0, 1, 2])
    bad('rank_metrics max_rank', 'max_rank', no_whole[:-1], lambda o: rank_metrics(d, p, p, c, c, 'i2v', max_rank=o))
    bad('rank_metrics protocol', 'protocol', no_word, lambda o: rank_metrics(d, p, p, c, c, o))
    bad('rank_metrics paths', ['path', 'picture'], ([1, 2, 3], 'abcd', 3), lambda o: rank_metrics(d, p, p, c, c, 'i2v', q_paths=o, g_paths=o))
    bad('evaluate emb', ['embedding', 'distances'], (*no_matrix, emb[1:], emb*0, emb[:, :0], emb.astype(str)), lambda o: evaluate(o, items))
    tables = dict(nothing=None, path='x.csv', empty=items[:0], dict=items.to_dict(), lacks=items.drop(columns='camid'), twice=pd.concat([items, items]),
                  index=items.set_axis([0]*len(items)), word=items.assign(modality='thermal'), split=items.assign(split='Test'), text=items.assign(pid='p'),
                  half=items.assign(pid=items.pid + .5), no_id=items.assign(pid=nan), one=items.assign(modality='visible'), paths=items.assign(path='a.jpg'),
                  nobody=items.assign(pid=-1), train=items.assign(split='train'))
    words = ['table', 'column', 'modality', 'split', 'pid', 'image', 'index', 'person', 'listed', 'embeddings']
    bad('evaluate items', words, tables.values(), lambda o: evaluate(emb, o))
    bad('check_items', words, [o for k, o in tables.items() if k not in ('one', 'nobody', 'train', 'index')], core.check_items)
    bad('Protocol.split items', words, tables.values(), lambda o: get_protocol('sysu_all').split(o))
    bad('check_leak items', words, [tables[o] for o in ('nothing', 'empty', 'lacks', 'half', 'dict')], lambda o: check_leak([1], o))
    bad('check_leak train', ['training', 'train', 'pid'], (['a'], [1.5], None, 3, items.assign(split='test')), lambda o: check_leak(o, items))
    bad('evaluate rerank', ['re', 'k1', 'lambda_', 'metric'], ('yes', 1, dict(k3=1), dict(k1=0), dict(lambda_=2), dict(metric='l1'), []), lambda o: evaluate(emb, items, rerank=o))
    bad('evaluate feature', 'feature', no_word, lambda o: evaluate(emb, items, feature=o))
    bad('evaluate flip', 'flip', no_flag, lambda o: evaluate(emb, items, flip=o))
    for name in ('k1', 'k2'): bad(f're_ranking {name}', name, (*no_whole[:-1], 0), lambda o, name=name: re_ranking(emb, emb, **{name: o}))
    bad('re_ranking lambda_', 'lambda_', (*no_real, 2, -.1), lambda o: re_ranking(emb, emb, lambda_=o))
    bad('re_ranking embeddings', 'embeddings', no_matrix[:-3], lambda o: re_ranking(o, emb))
    bad('average_models', ['evaluation', 'average_models'], ([], [1], 3, None), average_models)
    fields = dict(name=no_word, query=('', 3, None), shots=no_whole, trials=no_whole, same_place=(3, [(1,)], [('a', 'b')], [(1, 2, 3)]), drop_same_camera=no_flag,
                  cmc=no_word, draw_from=no_word, of=no_word, perms=(3, {(1, 2): [1, 2]}, {(1,): [[1]]}, {(1, 2): [[1, 3]]}))
    for name, values in fields.items():
        keep = [o for o in values if not (o == 10**30 and name in ('shots', 'trials'))]
        keep = [o for o in keep if not (isinstance(o, str) and o == 'nothing' and name == 'name')]
        bad(f'Protocol {name}', [name, 'order', 'protocol'] , keep, lambda o, name=name: Protocol(**{**dict(name='m', query='camid == 1', gallery='camid == 2', shots=1), name: o}))
    expressions = ("modality = 'visible'", 'cam == 1', 'pid', 'pid == "1"', "modality == visible", "__import__('os').system('true')", 'path.str.len() > 3', '@x',
                   '1 == 1', 'pid in 3', '(lambda: 1)()', 'pid == [1]', 'a b', '', 3, None, 'pid +1 == 2', 'not pid', "modality in ('visible', 1)", '('*300, 'pid == 1 if True else False',
                   'items', 'pid.values', "f'{pid}' == '1'", 'pid == 1 and camid', 'pid is 1', '~(pid)')
    bad('select', 'expression', expressions, lambda o: core.select(items, o))
    bad('split_val n_pids', ['n_pids', 'cannot give', 'validation'], (*no_real, 0, -1, 99, 1.5, None), lambda o: split_val(merge_val(items), o))
    bad('split_val seed', 'seed', no_whole[:-1], lambda o: split_val(merge_val(items), 1, seed=o))
    bad('join_items', ['table', 'names'], (([items],), ([items, items], 'ab'), ([items, items], ['a']), ([items, None],), ([items, 3],)), lambda o: join_items(*o[0], names=(o + (None,))[1]))

def tables_on_disk():
    "CSV, TOML, folders"
    for i in range(4): Image.new('RGB', (8, 16)).save(home/f'p{i}.png')
    head = 'path,pid,modality,split\n'
    rows = ['p0.png,1,visible,test\n', 'p1.png,1,infrared,test\n', 'p2.png,2,visible,train\n', 'p3.png,2,infrared,train\n']
    whole = head + ''.join(rows)
    texts = {'empty': '', 'head alone': head, 'no head': ''.join(rows), 'semicolons': whole.replace(',', ';'), 'lost': whole.replace('p0.png', 'none.png'),
             'blank pid': whole.replace('p0.png,1', 'p0.png,'), 'nan pid': whole.replace('p0.png,1', 'p0.png,NaN'), 'minus one': whole.replace('p0.png,1', 'p0.png,-1'),
             'two spellings': whole.replace('p0.png,1', 'p0.png,01'), 'upper case': whole.replace(',1,', ',Ann,', 1).replace(',1,', ',ann,'), 'word': whole.replace('visible', 'rgb'),
             'split': whole.replace('test', 'tset'), 'twice': whole + rows[0], 'more fields': whole + 'p0.png,1,visible,test,5,6\n', 'lost digits': whole.replace(',1,', ',1e+20,'),
             'both splits': whole.replace('p1.png,1,infrared,test', 'p1.png,1,infrared,train'), 'two columns': whole.replace('split', 'pid'), 'a folder': whole.replace('p0.png', '.'),
             'quote': whole.replace('p0', '"p0'), 'latin': whole.encode().replace(b'p0', b'p\xe9'), 'binary': bytes(range(256)), 'zero': whole.replace('p0', 'p\0'), 'parent': whole.replace('p0.png', '../../p0.png'),
             'fraction': whole.replace(',1,', ',1.5,'), 'utf-16': whole.encode('utf-16'), 'camera': whole.replace('split', 'camid').replace('test', ' ').replace('train', '2'),
             'url': whole.replace('p0.png', 'http://x/p0.png'), 'sign': whole.replace('p0.png,1', 'p0.png,+1')}
    for name, text in texts.items():
        file = written(f'list {name}.csv', text)
        bad(f'CSV: {name}', [file.name, 'table', 'image', str(home)], [file], folder_items, lambda o, r, name=name: name == 'fraction' and set(r.person) == {'1.5', '2'})
    good = 'name = "mine"\nkind = "folder"\n'
    tomls = {'empty': '', 'no kind': 'name = "a"', 'kind': good.replace('folder', 'x'), 'no toml': 'name: mine', 'half': good + '[', 'name': good.replace('mine', 'a b'), 'number': good.replace('"mine"', '3'),
             'camera': good + '[cameras]\nthermal = [1]', 'sysu': 'name="a"\nkind="sysu"', 'protocol': good + '[protocols.x]\nquery_modality="rgb"', 'key': good + '[protocols.x]\nquerry="pid == 1"',
             'shots': good + '[protocols.x]\nquery_modality="visible"\nshots=0', 'default': good + '[protocols]\ndefault=["y"]', 'list': good + 'protocols = 3', 'cams': good + 'cameras = [1]',
             'files': good + 'files = "x"', 'bytes': b'\xff\xfe', 'nested': good + '[protocols]\ndefault = 3', 'title': good + 'title = 3', 'counts': good + 'counts = 1',
             'names': good + '[files]\nnames = 3', 'places': good + '[protocols.x]\nquery_modality="visible"\nsame_place=[1]', 'own': 'name = "sysu"\nkind = "folder"',
             'cam text': 'name="a"\nkind="sysu"\n[cameras]\nvisible="12"\n[files]\nids={train="x"}', 'expression': good + '[protocols.x]\nquery="import os"\ngallery="pid == 1"'}
    for name, text in tomls.items():
        file = written(f'{name}.toml', text)
        bad(f'TOML: {name}', [file.name, 'mine_x', 'manifest', name], [file], add_dataset, lambda o, r, name=name: name == 'expression') # read with a table
    bad('load_manifest', 'manifest', ('sisu', '', 3, None, 'none.toml'), core.load_manifest)
    bad('get_dataset', ['data set', 'path', 'none'], ('sisu', '', 3, None, home/'none'), get_dataset)
    for read in (sysu_items, regdb_items, llcm_items): bad(read.__name__, ['folder', 'file', 'path', 'missing'], (home/'none', home, home/'p0.png', '', 3), read)
    bad('regdb_items trial', 'trial', (0, 11, 1.5, 'a', None), lambda o: regdb_items(home, o))
    bad('folder_items', ['path', 'none', 'folder', 'names', str(home)], (home/'none', '', 3, None, home), folder_items)
    for name, values in dict(names=(dict(a='b'), 'x', 3), split=('tset', 3), test_pids=(-1, 9, 1.5, 'a', nan), seed=(-1, 1.5, 'a')).items():
        def read(o, name=name): return folder_items(written('good.csv', head + ''.join(rows[2:])), **{**dict(test_pids=1 if name == 'seed' else 0), name: o})
        bad(f'folder_items {name}', [name, 'split', 'cannot give', 'names'], values, read)
    for name, values in dict(layout=no_word, n_train=(0, *no_whole[:6]), n_test=no_whole[:6], images_per_camera=(0, *no_whole[:6]), size=((0, 3), 3, 'x', (1, 2, 3), None), seed=no_whole[:6], tie=(*no_real, 2)).items():
        bad(f'synth_dataset {name}', [name, 'identities', 'layout', 'height'], values, lambda o, name=name: synth_dataset(home/'drawn', **{**dict(n_train=3, n_val=0, n_test=2, n_workers=0), name: o}))
    bad('vireid_check', ['folder', 'path', 'data'], ('', 3, None), lambda o: check_data(o))
    bad('check_data dataset', ['data set', 'manifest', 'path'], ('sisu', 3, home/'none.toml'), lambda o: check_data(home, o))

def pictures(items):
    "Files, sizes, levels, loaders"
    ok = str(home/'p0.png')
    Image.fromarray(np.full((9, 9), 700, np.uint16)).save(home/'deep.png')
    whole = (home/'p0.png').read_bytes()
    for name, data in {**no_file, 'cut': whole[:40], 'head': whole[:8]}.items():
        file = written(f'picture {name}.png', data)
        bad(f'picture: {name}', file.name, [file], lambda o: load_image(o, 8))
    bad('load_image path', ['path', 'none', 'cannot read', str(home)], ('', 3, None, home, home/'none.png', 'a\0b'), lambda o: load_image(o, 8))
    bad('load_image size', 'size', (0, -1, 1.5, '8', (8,), (8, 8, 8), None, nan, (8, 'a')), lambda o: load_image(ok, o))
    bad('load_image levels', 'levels', (3, (1,), (2, 1), (1, 1), (nan, 1), 'ab', (0, inf), ('0', '1')), lambda o: load_image(ok, 8, o))
    bad('load_image deep', 'deep.png', [home/'deep.png'], lambda o: load_image(o, 8))
    small = dict(p=3, k=1, size=(48, 24), cache=False)
    options = dict(p=(0, 99, *no_whole[:6]), k=(0, *no_whole[:6]), size=((0, 3), 3, 'x', (1, 2, 3), None), seed=no_whole[:6], replay=no_flag, skip_bad=no_flag, eval_bs=(0, *no_whole[:6]), num_workers=no_whole[:6], levels=(3, (2, 1)), resize=('lanczos', None, 2))
    for name, values in options.items():
        bad(f'from_items {name}', name, values, lambda o, name=name: VIReIDDataLoaders.from_items(items, **{**small, name: o}))
    broken = dict(nothing=None, one=items[items.modality == 'visible'], test=items[items.split == 'test'], lost=items.assign(path=[f'/none/{i}.jpg' for i in range(len(items))]))
    bad('from_items items', ['table', 'modality', 'train', 'none'], broken.values(), lambda o: VIReIDDataLoaders.from_items(o, **{**small, 'cache': home/'c'}))
    bad('photo_items', ['path', 'nothing', 'no pictures', 'modality'], (('', 'visible'), (3, 'visible'), (home/'none', 'visible'), (home/'p0.png', 'rgb'), ([], 'visible'), (home/'p0.png', None)), lambda o: photo_items(*o))

def learners(learn, items, run):
    "Options of a training, what a learner embeds, files of weights"
    p = items.path.iloc[0]
    test = items[items.split == 'test']
    for name, values in dict(method=no_word, arch=('', 'resnet5O', 3), precision=no_word, seed=no_whole[:6], loss_func=(3, 'ce'), opt_func=(3, 'adam'), pretrained=('', 3, 'none.pth', home)).items():
        bad(f'reid_learner {name}', [name, 'weight', 'trunk', 'path', 'last.pth'], values, lambda o, name=name: reid_learner(learn.dls, **{**dict(method='agw', arch='slim'), name: o}))
    for name, values in dict(n_epoch=(0, *no_whole[:6]), lr=(0, -1, *no_real), warmup=no_whole[:6], steps=(3, ((3,),), ((3, -1),), ((5, .1), (2, .1))), backbone=(-1, *no_real)).items():
        bad(f'fit_warmup_step {name}', name.split('_')[-1], values, lambda o, name=name: learn.fit_warmup_step(**{**dict(n_epoch=1), name: o}))
    bad('fit lr', 'lr', (nan, -1, '0.1', slice(-1, 1), 0), lambda o: learn.fit(1, o))
    bad('fit n_epoch', 'n_epoch', (0, *no_whole[:6]), lambda o: learn.fit(o))
    rows = dict(nothing=None, empty=test[:0], lacks=test[['pid']], word=test.assign(modality='x'), paths=[], path=p, absent=test.assign(path='/none.jpg'))
    bad('embed items', ['table', 'modality', 'picture', 'none', 'paths'], rows.values(), learn.embed)
    bad('embed flip', 'flip', no_flag, lambda o: learn.embed(test, flip=o))
    bad('embed feature', 'feature', no_word, lambda o: learn.embed(test, feature=o))
    bad('embed modality', 'modality', ('rgb', 3, ['visible']), lambda o: learn.embed(p, modality=o))
    bad('learn.evaluate', ['protocol', 'items', 'none'], (3, 'none', None), learn.evaluate)
    bad('learn.evaluate items', ['table', 'items', 'column', 'persons', 'image'], ('x', test[:0], test.drop(columns='pid'), items.assign(split='test')), lambda o: learn.evaluate('i2v', o))
    bad('RetrievalEval', ['protocol', 'trials', 'select'], (('none',), ('i2v', 0), ('i2v', 1, 'no')), lambda o: RetrievalEval(*o))
    state = torch.load(run/'last.pth', weights_only=True)
    files = {**no_file, 'cut': (run/'last.pth').read_bytes()[:5000], 'flipped': flipped((run/'last.pth').read_bytes())}
    for name, data in files.items():
        for ending in ('pth', 'safetensors'):
            file = written(f'weights {name}.{ending}', data)
            for door, f in dict(load_checkpoint=learn.load_checkpoint, pretrained=lambda o: reid_learner(learn.dls, 'agw', arch='resnet18', pretrained=str(o)), load_released=lambda o: load_released(learn.model, o)).items():
                bad(f'{door}: {name}', file.name, [file], f)
    odd = dict(lacks={k: v for k, v in state.items() if k != 'pids'}, form={**state, 'format': 3}, weights={**state, 'model': {}}, other={**state, 'method': 'caj'}, list=[1, 2], tensor=torch.zeros(3),
               shape={**state, 'model': {k: torch.zeros(1) for k in state['model']}}, pids={**state, 'pids': ['a']}, size={**state, 'size': 3}, text={**state, 'model': 'x'})
    for name, o in odd.items():
        torch.save(o, home/f'state {name}.pth')
        bad(f'load_checkpoint: {name}', f'state {name}.pth', [home/f'state {name}.pth'], learn.load_checkpoint)
    bad('load_checkpoint flag', ['with_opt', 'classifier'], (dict(with_opt='no'), dict(classifier=0)), lambda o: learn.load_checkpoint(run/'last.pth', **o))
    bad('save_checkpoint', ['path', 'entries', 'checkpoint'], (('', {}), (3, {}), ('x.pth', dict(model=3)), ('x.pth', dict(a=object()))), lambda o: learn.save_checkpoint(o[0] and home/o[0] if o[0] != 3 else 3, **o[1]))
    x, y = torch.zeros(8, 4), torch.arange(8)
    for loss in (WRTLoss(), losses.BatchHardTriplet()):
        name = type(loss).__name__
        bad(f'{name} labels', ['label', 'pid', 'person', 'features'], (y[:, None], y[:3], y.float() + .5, y > 0, ['a']*8, None), lambda o, loss=loss: loss(x, o))

def flipped(data):
    "One bit of the middle is another"
    at = len(data)//2
    return data[:at] + bytes([data[at] ^ 64]) + data[at + 1:]

def runs(run, data, recipe):
    "Recipes, run folders and their files"
    fields = dict(
        lr=(0, -1, *no_real), backbone=(-1, *no_real), epochs=(0, *no_whole[:6]), warmup=no_whole[:6], p=(0, *no_whole[:6]), k=(0, *no_whole[:6]), pad=no_whole[:6], num_workers=no_whole[:6],
        seed=(*no_whole[:6], 2**32), trial=(0, 2, *no_whole[:6]), size=((0, 3), (48,), 48, '48x24', (48, 24, 3), (48.5, 24)), steps=(3, ((3,),), ((3, -1),), ((5, .1), (2, .1))), precision=no_word[:4],
        arch=('resnet5O', 3, ''), method=('agv', 3, None, '', 'none.py:x'), dataset=('sisu', '', None, 3), val=('most', 0, -1, 1.5, None, True), protocols=((), ('sysu',), 3, (None,)), flip=no_flag, rerank=no_flag,
        skip_bad=no_flag, drop_unpaired=no_flag, data=no_path, pretrained=('', 3), levels=(3, (2, 1), 'ab'), resize=('lanczos', None, 2))
    for name, values in fields.items():
        bad(f'Recipe {name}', [name, name.rstrip('s'), 'path', 'data set', 'epoch', 'factor', 'trunk', 'split'], values, lambda o, name=name: Recipe(**{'data': '.', name: o}).resolve())
    config = json.loads((run/'config.json').read_text())
    jsons = {'empty': '', 'list': '[1]', 'half': '{"data": ', 'number': '3', 'unknown': json.dumps({**config, 'rate': 3}), 'no data': json.dumps({'lr': .1}), 'text': json.dumps({**config, 'lr': 'x'}), 'null': json.dumps({**config, 'lr': None}),
             'method': json.dumps({**config, 'method': 'agv'}), 'size': json.dumps({**config, 'size': 3}), 'bytes': b'\xff\xfe{}', 'nan': '{"data": ".", "lr": NaN}'}
    for name, text in jsons.items():
        file = written(f'{name}.json', text)
        bad(f'load_recipe: {name}', file.name, [file], load_recipe)
    bad('load_recipe', ['path', 'exist', 'recipe'], (3, '', home/'none.json', home), load_recipe)
    bad('load_run', ['path', 'exist', 'none', 'checkpoint', 'there'], ((home/'none', 'auto'), (run, 'none'), (run, 3), (3, 'auto'), ('', 'auto')), lambda o: load_run(*o))
    bad('load_run data', ['none', 'path', 'data'], (home/'none', 3), lambda o: load_run(run, data=o))
    bad('score_run', ['protocol', 'flip', 'rerank', 'none'], (dict(protocols=('none',)), dict(protocols=3), dict(flip='no'), dict(rerank=1), dict(checkpoint='none')), lambda o: score_run(run, quiet=True, **o))
    whole = (run/'embeddings.npz').read_bytes()
    for name, blob in {**no_file, 'cut': whole[:len(whole)//2], 'flipped': flipped(whole), 'other': npz(a=np.zeros(3)), 'object': npz(emb=np.array([None]))}.items():
        written(f'npz {name}/embeddings.npz', blob)
        bad(f'read_embeddings: {name}', 'embeddings.npz', [home/f'npz {name}'], read_embeddings)
    bad('train_run', ['path', 'recipe', 'Recipe'], (3, ''), lambda o: train_run(recipe, o, quiet=True))
    bad('train_run folder', ['options', 'p0.png', 'run'], (run,), lambda o: train_run(replace(recipe, lr=.5), o, quiet=True))
    bad('train_run file', ['p0.png'], (home/'p0.png',), lambda o: train_run(recipe, o, quiet=True))

def npz(**arrays):
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()

def indexes(learn, items, emb):
    "A gallery on disk, searches, figures"
    test = items[items.split == 'test'].reset_index(drop=True)
    e = emb[(items.split == 'test').to_numpy()]
    index = GalleryIndex(e, test)
    bad('GalleryIndex emb', 'embedding', (*no_matrix, e[1:], e*0, e*nan), lambda o: GalleryIndex(o, test))
    for name, values in dict(kind=no_word, model=(3, {}, dict(method='x')), M=no_whole, nlist=no_whole).items():
        bad(f'GalleryIndex {name}', [name, 'kind'], values, lambda o, name=name: GalleryIndex(e, test, **{**dict(kind='hnsw' if name == 'M' else 'ivf'), name: o}))
    bad('index.search emb', 'embeddings', (None, 'x', e[:, 1:], e[:0], e*nan, e*0, [[1j]*32], np.zeros((1, 1, 32))), index.search)
    bad('index.search k', 'k', (0, *no_whole[:8]), lambda o: index.search(e[:1], o))
    bad('index.search where', ['expression', 'where'], ('x', 'pid = 1', 3, '@q.none == 1', "pid == '1'", '1', "__import__('os')"), lambda o: index.search(e[:1], 3, o))
    bad('index.search queries', ['queries', 'table', 'rows'], (test[:2], test[:1][['pid']], 3, 'x'), lambda o: index.search(e[:1], 3, queries=o))
    bad('index.nearest mask', 'mask', ([1, 0], [True], 'x', np.ones((2, 2), bool), [0]*len(test)), lambda o: index.nearest(e[:1], mask=o))
    bad('index.remove', ['which', 'rows', 'index', 'expression'], (99, 'a', 1.5, [True], None, -1, [[1, 2], [3, 4]]), index.remove)
    bad('index.add', ['index', 'embedding', 'table'], ((e, test), (e[:, 1:], test.assign(path=test.path + 'x')), (e[1:], test), (e, None)), lambda o: index.add(*o))
    bad('index.tune', ['setting', 'kind'], (dict(nprobe=3), dict(x=1)), lambda o: index.tune(**o))
    bad('index.rebuilt', ['kind', 'setting', 'M', 'nlist'], (('x', {}), ('hnsw', dict(M=1)), ('ivf', dict(nlist=99))), lambda o: index.rebuilt(o[0], **o[1]))
    bad('index.save', ['path', 'p0.png'], ('', 3, home/'p0.png'), index.save)
    index.save(home/'index')
    stem = next((home/'index').glob('*.csv')).stem
    meta = (home/'index/index.json').read_text()
    metas = {'kind': meta.replace('exact', 'fast'), 'dim': meta.replace('"dim": 32', '"dim": "a"'), 'n': meta.replace('"n": ', '"n": 1'), 'half': meta[:50], 'list': '[]', 'names': meta.replace(stem, '../x')}
    for name, text in metas.items():
        shutil.copytree(home/'index', home/f'index {name}')
        written(f'index {name}/index.json', text)
        bad(f'GalleryIndex.load: {name}', 'index', [home/f'index {name}'], GalleryIndex.load)
    for ending in ('csv', 'faiss'):
        for name, data in {**no_file, 'flipped': flipped((home/f'index/{stem}.{ending}').read_bytes())}.items():
            shutil.copytree(home/'index', home/f'index {ending} {name}')
            written(f'index {ending} {name}/{stem}.{ending}', data)
            bad(f'GalleryIndex.load {ending}: {name}', stem, [home/f'index {ending} {name}'], GalleryIndex.load)
    bad('GalleryIndex.load', ['path', 'index'], ('', 3, None, home/'none', home/'p0.png'), GalleryIndex.load)
    p = test.path[0]
    bad('learn.search', ['picture', 'modality', 'nothing', 'path', 'cannot read', 'say what', 'table'], ((3, 'visible'), ('none.jpg', 'visible'), (p, None), (p, 'rgb'), (None, 'visible'), ([], 'visible'), (test[:0], None), (home/'picture zeros.png', 'visible')), lambda o: learn.search(o[0], modality=o[1], index=index))
    bad('learn.search k', 'k', (0, 1.5, 'a', None), lambda o: learn.search(test[:1], o, index))
    bad('learn.search index', ['index', 'path'], (3, '', home/'none'), lambda o: learn.search(test[:1], 3, o))
    interp = RetrievalInterpretation(emb, items, 'i2v')
    for name, values in dict(protocol=no_word, trial=no_whole[:6], feature=no_word, rerank=('yes', 1)).items():
        bad(f'RetrievalInterpretation {name}', name.replace('rerank', 're'), values, lambda o, name=name: RetrievalInterpretation(emb, items, **{name: o}))
    bad('interp.ranked', 'query', (99, -1, 1.5, 'a', None), interp.ranked)
    bad('interp.ranked k', 'k', (0, -1, 1.5, 'a'), lambda o: interp.ranked(0, o))
    bad('interp.distances pids', ['pids', 'person'], ([], [99], 'a', [1.5]), interp.distances)
    bad('interp.plot_tsne', ['pids', 'person', 'n_pid'], (0, -1, 1.5, 'a', [99]), interp.plot_tsne)
    bad('plot_search', ['result', 'n is', 'n'], (0, -1, 'a'), lambda o: plot_search(index.search(e[:1], 2, queries=test[:1]), o))

def commands(run, data):
    "Options of the commands, as they are typed"
    def typed(words):
        argv, sys.argv[:] = [*sys.argv], words
        err = io.StringIO()
        try:
            with contextlib.redirect_stderr(err): getattr(cli, words[0])()
        except SystemExit as e:
            text = err.getvalue()
            if e.code in (1, 2) and text.count('\n') == 1 and text.startswith(words[0] + ': '): cli_error(text)
            raise RuntimeError(f'exit {e.code}: {text}')
        finally: sys.argv[:] = argv
    def cli_error(text): raise ValueError(text)
    cli_error.__code__ = cli_error.__code__.replace(co_filename='vireid command line')
    train = ('vireid_train', str(data), str(home/'never'))
    options = {'lr': ('nan', '-1', 'x', '1e999', ''), 'epochs': ('0', '1.5', 'x', '-1'), 'size': ('0x24', '48', 'axb', '48x24x3'), 'val': ('most', '0'), 'precision': ('fp8',), 'seed': ('-1', '1e3x'), 'method': ('agv', 'none.py:x'),
               'arch': ('resnet5O',), 'num-workers': ('-1',), 'p': ('0', '999'), 'k': ('x',), 'steps': ('3', '5:0.1,2:0.1'), 'levels': ('1', '5,3'), 'resize': ('lanczos',), 'pretrained': ('none.pth', 'maybe'), 'protocols': ('sysu_al', ''), 'trial': ('2',), 'unknown': ('1',), 'dataset': ('sisu',), 'backbone': ('-1',), 'pad': ('-1',), 'warmup': ('-1',)}
    for name, values in options.items():
        bad(f'vireid_train --{name}', [name, name.replace('-', '_'), name.rstrip('s'), 'weight', 'split', 'epoch', 'identities', 'data set'], [(*train, f'--{name}', o, *(() if name == 'epochs' else ('--epochs', '1'))) for o in values], typed)
    more = [('vireid_train',), (*train, '--flip', 'no'), (*train, '--no-flip'), ('vireid_train', str(home/'none'), 'x'), ('vireid_train', str(home/'p0.png'), str(home/'never2')), ('vireid_check',), ('vireid_check', str(home/'none'), '--dataset', 'sisu'),
            ('vireid_eval', str(home/'none')), ('vireid_eval', str(run), '--protocols', 'x'), ('vireid_eval', str(run), '--checkpoint', 'none'), ('vireid_eval', str(run), '--data', str(home/'none')),
            ('vireid_search', str(run), str(home/'none.jpg')), ('vireid_search', str(run), str(home/'p0.png'), '--k', '0'), ('vireid_search', str(run), str(home/'p0.png'), '--modality', 'rgb'), ('vireid_search', str(run), str(home/'p0.png'), '--where', 'x'),
            ('vireid_search', str(run), str(home/'p0.png'), '--kind', 'fast'), ('vireid_search', str(run), str(home/'p0.png'), '--picture', 'x.abc'), ('vireid_search', str(home/'p0.png'), str(home/'p0.png'), '--gallery', str(home/'p0.png')),
            ('vireid_search', str(run), str(home/'picture zeros.png')), ('vireid_search', str(run), str(home/'p0.png'), '--index', str(home/'p0.png'), '--gallery', str(home/'p1.png')),
            ('vireid_reproduce', 'none'), ('vireid_reproduce', 'mscmnet-tab4', '--seeds', 'a'), ('vireid_reproduce', 'mscmnet-tab4', '--budget', '-1'), ('vireid_reproduce', 'mscmnet-tab4', '--rows', 'none'), ('vireid_reproduce', 'mscmnet-tab4', '--pids', '0'),
            ('vireid_demo', '--epochs', '0'), ('vireid_demo', '--pids', '3'), ('vireid_demo', '--seed', '-1'), ('vireid_demo', '--out', '')]
    bad('commands', [''], more, typed)
    reproduce = ('vireid_reproduce', 'mscmnet-tab4', '--data', str(data), '--out', str(home/'never'), '--launcher')
    bad('launcher', 'launcher', [(*reproduce, o) for o in ('x', 'SLURM', '')], typed)
    bad('launcher job options', 'job option', [(*reproduce[:-1], '--job-options', 'parallel=2')], typed) # of no launcher
    for word, texts in {'job option': ('paralel=2', 'parallel', 'time=1,gpus=1', 'parallel="2', ''), 'parallel': ('parallel=0', 'parallel=two')}.items():
        bad('launcher local', word, [(*reproduce, 'local', '--job-options', o) for o in texts], typed)
    def without(package):
        def call(words):
            with mock.patch.dict(sys.modules, {package: None}): return typed(words)
        return call
    bad('launcher local without submitit', ['submitit'], [(*reproduce, 'local')], without('submitit'))
    def among(*programs):
        def call(words):
            for o in programs: (home/'bin'/o).parent.mkdir(exist_ok=True), (home/'bin'/o).touch(0o755)
            with mock.patch.dict(os.environ, PATH=str(home/'bin')): return typed(words)
        return call
    bad('launcher slurm without sbatch', 'sbatch', [(*reproduce, 'slurm', '--job-options', 'time=1:00:00')], among())
    bad('launcher slurm', 'time', [(*reproduce, 'slurm', *o) for o in ((), ('--job-options', 'time=soon'), ('--job-options', 'time=0'))], among('sbatch', 'srun'))

def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument('--every', type=int, default=1, help='try each n-th input alone')
    p.add_argument('--start', type=int, default=0, help='number of the first one')
    p.add_argument('--only', default='', help='entries whose name begins so')
    a = p.parse_args()
    start = time.time()
    data = synth_dataset(home/'data', 'sysu', n_train=6, n_val=0, n_test=4, images_per_camera=1, size=(48, 24), n_workers=0)
    recipe = Recipe(data, method='agw', arch='slim', pretrained=False, size=(48, 24), p=3, k=1, epochs=1, pad=2, lr=.01, backbone=1., val='all', protocols=('sysu_all',))
    learn, run = train_run(recipe, home/'run', quiet=True), home/'run'
    score_run(run, quiet=True)
    learn = tiny_learner('agw', VIReIDDataLoaders.from_items(learn.dls.items, p=3, k=1, size=(48, 24)))
    items, emb = learn.dls.items, random_embeddings(learn.dls.items)
    numbers_and_scores(items, emb)
    tables_on_disk()
    pictures(items)
    learners(learn, items, run)
    runs(run, data, recipe)
    indexes(learn, items, emb)
    commands(run, data)
    counts = dict.fromkeys(('clear', 'right', 'unclear', 'accepted', 'wrong', 'foreign'), 0)
    os.chdir(home)
    tried = [o for o in cases[a.start::a.every] if o[0].startswith(a.only)]
    for entry, word, value, call, right in tried:
        how, text = outcome(word, value, call, right)
        counts[how] += 1
        if how not in ('clear', 'right'): print(f'{how:8}  {entry} {said(value)}: {" ".join(text.split())[:300]}', flush=True)
    n = len(tried)
    print(f'{n} bad inputs: ' + ', '.join(f'{k} {v} ({100*v/n:.1f} %)' for k, v in counts.items()) + f' [{time.time() - start:.0f} s]')
    fine = counts['clear'] + counts['right']
    return counts['wrong'] + counts['accepted'] > .05*n or counts['wrong'] > 0 or counts['foreign'] >= .02*n or fine < .95*n

if __name__ == '__main__':
    try: status = main()
    finally: shutil.rmtree(home, ignore_errors=True)
    sys.exit(status)
