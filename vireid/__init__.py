__version__ = "0.1.0"

import warnings
# fastai compiles a function with `torch.jit.script` when it is imported, and newer versions of PyTorch warn of that
warnings.filterwarnings('ignore', message='`torch.jit.script` is deprecated', category=FutureWarning)
