#!/usr/bin/env python
"""Faults on purpose: trainings that are killed, files that are damaged, two writers, a full disk. What comes out must be right or refused.

    python .ci/faults.py --kills 3      small, less than a minute on one core
    python .ci/faults.py --kills 100    large

Each line says what was tried and whether it held; the exit status is 1 if something did not. Needs `os.fork`; a full disk is tried
where a file system of a few megabytes can be mounted."""
import argparse, os, random, shutil, signal, subprocess, sys, time, traceback
from pathlib import Path
from scratch import scratch_folder
home = scratch_folder('vireid-faults-') # before the library is imported
import pandas as pd, torch
from vireid.all import Recipe, read_checkpoint, report_run, score_run, synth_dataset, train_run
torch.set_num_threads(1)

held, failed = 0, 0
def say(ok, what, why=''):
    global held, failed
    held, failed = held + bool(ok), failed + (not ok)
    print(f'{"holds" if ok else "FAILS"}  {what}{": " if why else ""}{why}', flush=True)

def child(f):
    "Process number of a copy of this process that calls `f` and ends"
    pid = os.fork()
    if pid: return pid
    status = 1
    try:
        with open(home/f'said-{os.getpid()}.txt', 'w') as out:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
            try:
                f()
                status = 0
            except (ValueError, OSError) as e:
                print(f'refused: {" ".join(str(e).split())}', file=out)
                status = 3
            except BaseException: traceback.print_exc(file=out)
            out.flush()
    finally: os._exit(status)

def wait(pid):
    "How a child ended: 0 done, 3 refused, -9 killed, else an unexpected error; and what it said"
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    file = home/f'said-{pid}.txt'
    said = file.read_text() if file.exists() else ''
    file.unlink(missing_ok=True)
    return status, said.strip()

def call(f): return wait(child(f))

def killed_at(n, after):
    "Let this process be killed at its n-th `os.replace`, before or after it"
    replace, seen = os.replace, []
    def counting(*args, **kwargs):
        seen.append(1)
        if len(seen) == n and not after: os.kill(os.getpid(), signal.SIGKILL)
        replace(*args, **kwargs)
        if len(seen) == n: os.kill(os.getpid(), signal.SIGKILL)
    os.replace = counting

def outcome(run):
    "Weights, optimizer, and the log without times"
    state = read_checkpoint(run/'last.pth')
    log = pd.read_csv(run/'log.csv')
    return state['epoch'], state['model'], state['opt'], log.drop(columns=[c for c in log if c == 'time'])

def equal(a, b):
    "Bit by bit"
    if isinstance(a, torch.Tensor): return isinstance(b, torch.Tensor) and a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, pd.DataFrame): return a.equals(b)
    if isinstance(a, dict): return a.keys() == b.keys() and all(equal(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)): return len(a) == len(b) and all(map(equal, a, b))
    return a == b

def left_over(run): return [o.name for o in run.rglob('*vireid-tmp*')]

def kills(recipe, want, n, seconds, rng):
    "Trainings that are killed again and again, then left alone"
    for i in range(n):
        run, times = home/f'killed-{i}', rng.randint(1, 2)
        how = []
        for _ in range(times):
            if rng.random() < .5:
                at, after = rng.randint(1, 14), rng.random() < .5
                how.append(f'{"after" if after else "before"} file {at}')
                pid = child(lambda: (killed_at(at, after), train_run(recipe, run, quiet=True)))
            else:
                delay = rng.uniform(.05, 1.2*seconds)
                how.append(f'at {delay:.1f} s')
                pid = child(lambda: train_run(recipe, run, quiet=True))
                time.sleep(delay)
                os.kill(pid, signal.SIGKILL)
            status, said = wait(pid)
            if status not in (0, -9): say(False, f'killed {", ".join(how)}', said[-300:])
        status, said = call(lambda: train_run(recipe, run, quiet=True))
        ok = status == 0 and equal(outcome(run), want) and not left_over(run)
        say(ok, f'killed {", ".join(how)}, then continued: bit-equal', said[-300:] if status else ', '.join(left_over(run)))
        shutil.rmtree(run)

def damage(data, how, rng):
    "A damaged copy of some bytes"
    if how == 'empty': return b''
    if how == 'a web page': return b'<!doctype html><title>quota exceeded</title>'
    if how == 'cut': return data[:len(data)*2//3]
    at = rng.randrange(len(data)//4, 3*len(data)//4)
    return data[:at] + bytes([data[at] ^ 64]) + data[at + 1:]

read_files = 'config.json data.json last.pth best.pth log.csv results.csv trials.csv embeddings.npz'.split()

def damaged_files(recipe, ready, want, scores, rng, ways):
    "Each file of a run is damaged: training and evaluation give the right numbers, or a refusal that names the file"
    def right(run):
        train_run(recipe, run, quiet=True)
        got = score_run(run, checkpoint='last', quiet=True).results
        got = got[got.checkpoint.str.startswith('last.pth')].mAP.round(12).tolist()
        if got != scores.mAP.round(12).tolist(): raise AssertionError(f'mAP {got}')
        if not equal(outcome(run), want): raise AssertionError('other weights or another log')
        score_run(run, checkpoint='best', quiet=True)
        if file.name == 'best.pth': raise AssertionError('a damaged best.pth is scored')
    for file in map(Path, read_files):
        for how in ways:
            run = home/'damaged'
            shutil.copytree(ready, run)
            (run/file).write_bytes(damage((run/file).read_bytes(), how, rng))
            status, said = call(lambda: right(run))
            ok = status == 0 or status == 3 and file.name in said
            say(ok, f'{file}, {how}: {"right numbers" if status == 0 else "refused"}', '' if ok else said[-300:])
            shutil.rmtree(run)

def two_writers(recipe, want):
    "Two trainings begin in one folder at the same time"
    run = home/'two'
    pids = [child(lambda: train_run(recipe, run, quiet=True)) for _ in range(2)]
    ends = [wait(o) for o in pids]
    statuses = sorted(status for status, _ in ends)
    said = ' '.join(said for status, said in ends if status == 3)
    ok = statuses == [0, 3] and 'another process' in said and str(run) in said and equal(outcome(run), want)
    late = statuses == [0, 0] and equal(outcome(run), want) # the second came when the first had finished
    say(ok or late, 'two trainings in one folder: one is refused, the other is bit-equal', '' if ok or late else str(ends)[-300:])

def full_disk(recipe, want):
    "A disk with room for half a checkpoint, then with more"
    disk = home/'disk'
    disk.mkdir()
    mount = ['mount', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        print('left out: a full disk (no file system can be mounted here)')
        return
    try:
        run = disk/'run'
        status, said = call(lambda: train_run(recipe, run, quiet=True))
        ok = status == 3 and 'full' in said and '.pth' in said and not left_over(run)
        say(ok, 'full disk: refused by the name of the file, nothing half-written', said[-300:])
        subprocess.run(['mount', '-o', 'remount,size=500m', str(disk)], check=True)
        status, said = call(lambda: train_run(recipe, run, quiet=True))
        say(status == 0 and equal(outcome(run), want), 'room is made, continued: bit-equal', said[-300:])
    finally: subprocess.run(['umount', '-l', str(disk)])

def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument('--kills', type=int, default=3, help='trainings to be killed')
    p.add_argument('--seed', type=int, default=None, help='of the moments (default: the clock)')
    a = p.parse_args()
    seed = int(time.time()) if a.seed is None else a.seed
    print(f'seed {seed}')
    rng = random.Random(seed)
    data = synth_dataset(home/'data', 'sysu', n_train=6, n_val=3, n_test=4, images_per_camera=1, size=(48, 24), n_workers=0)
    recipe = Recipe(data, method='agw', arch='slim', pretrained=False, size=(48, 24), p=3, k=1, epochs=3, pad=2, lr=.01,
                    backbone=1., protocols=('sysu_all',))
    ready, start = home/'ready', time.time()
    status, said = call(lambda: train_run(recipe, ready, quiet=True))
    seconds = time.time() - start
    if status: sys.exit(f'a training that nobody disturbs fails: {said}')
    want = outcome(ready)
    status, said = call(lambda: train_run(recipe, home/'again', quiet=True))
    say(status == 0 and equal(outcome(home/'again'), want), 'the same recipe in another folder: bit-equal', said[-300:])
    kills(recipe, want, a.kills, seconds, rng)
    two_writers(recipe, want)
    full_disk(recipe, want)
    report_run(ready, checkpoint='last', quiet=True)
    scores = pd.read_csv(ready/'results.csv')
    ways = ['a flipped bit'] if a.kills < 10 else ['empty', 'a web page', 'cut', *['a flipped bit']*5]
    damaged_files(recipe, ready, want, scores, rng, ways)
    print(f'{held} of {held + failed} hold [{time.time() - start:.0f} s]')
    return failed > 0

if __name__ == '__main__':
    try: status = main()
    finally: shutil.rmtree(home, ignore_errors=True)
    sys.exit(status)
