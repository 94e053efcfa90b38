"""Lightly, beside which learning is measured: its environment, and our recipe in its words.

The environment is made in the cache, once, with torch, torchvision, lightly, and Tamis without its own
dependencies, since both train the same network. Set-up never installs them:
beside a torch without CUDA torchvision does not run, but for its transforms and models.
"""

import subprocess
import sys
import venv
from pathlib import Path

from tamis.learning.augmentation import Augmentation

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / ".cache" / "peer"


def recipe_of(augmentation: Augmentation, size: int) -> dict[str, object]:
    """Return the parameters of lightly's SimCLRTransform that give views (size, size) like ours."""
    jitter, blur = augmentation.jitter, augmentation.blur
    widest = blur.strength / 100 * size
    return {
        "cj_prob": jitter.probability, "cj_strength": 1.0, "cj_bright": jitter.brightness,
        "cj_contrast": jitter.contrast, "cj_sat": jitter.saturation, "cj_hue": jitter.hue / 2,
        "min_scale": augmentation.crop.min_scale, "random_gray_scale": augmentation.gray.probability,
        "gaussian_blur": blur.probability, "sigmas": [0.1 * widest, widest],
        "hf_prob": augmentation.hflip.probability,
    }  # fmt: skip


def peer_python() -> Path:
    """Return the Python of the peer's environment, and make it where there is none."""
    python = PEER / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    done = PEER / "complete"
    if not done.exists():
        venv.create(PEER, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        plain = ["torch", "numpy", "pillow", "lightning_utilities", "requests", "tqdm"]
        subprocess.run([*pip, "-c", str(ROOT / "constraints.txt"), *plain], check=True)
        alone = ["torchvision==0.28.0", "lightly==1.6.0", "lightly_utils==0.0.2", "timm==1.0.31"]
        subprocess.run([*pip, "--no-deps", *alone, "-e", str(ROOT)], check=True)
        done.touch()
    return python
