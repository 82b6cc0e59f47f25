"""For the scripts that try the library on purpose: one thread, no screen, no warnings, and a folder of their own"""
import os, tempfile, warnings
from pathlib import Path

def scratch_folder(prefix):
    "A new temporary folder, which also holds the image caches. Call it before the library is imported, which reads these settings"
    home = Path(tempfile.mkdtemp(prefix=prefix))
    os.environ.setdefault('OMP_NUM_THREADS', '1')
    os.environ.setdefault('MPLBACKEND', 'agg')
    os.environ['VIREID_CACHE'] = str(home/'cache')
    warnings.filterwarnings('ignore')
    return home
