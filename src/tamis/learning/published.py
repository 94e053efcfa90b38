"""Weights that others have published, from a safetensors file, for a network of ours.

A file of timm or of the authors names its arrays as our networks do. One of transformers is translated.
"""

import re
from collections.abc import Mapping

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from tamis.learning.backbones import Backbone, make_backbone
from tamis.learning.encode import ready_to_encode
from tamis.model.errors import Invalid

_TRAINING_ONLY = ("mask_token", "embeddings.mask_token")
_RENAMED = (
    (r"embeddings\.cls_token", "cls_token"),
    (r"embeddings\.position_embeddings", "pos_embed"),
    (r"embeddings\.patch_embeddings\.projection\.", "patch_embed.proj."),
    (r"encoder\.layer\.(\d+)\.attention\.output\.dense\.", r"blocks.\1.attn.proj."),
    (r"encoder\.layer\.(\d+)\.layer_scale([12])\.lambda1", r"blocks.\1.ls\2.gamma"),
    (r"encoder\.layer\.(\d+)\.", r"blocks.\1."),
    (r"layernorm\.", "norm."),
)
"""Names of a vision transformer in transformers, and ours, tried in this order."""
_SPLIT = re.compile(r"encoder\.layer\.(\d+)\.attention\.attention\.(query|key|value)\.(weight|bias)")


def load_published(name: str, content: bytes, file: str) -> Backbone:
    """Make the network `name` with the weights in the bytes of a file, ready to encode.

    From here on torch uses one thread: the callers bring threads of their own, one for each picture.

    Raises:
        Invalid: it is no safetensors file, or the weights are those of another network; the message names
            `file` and the first array that does not fit.
    """
    torch.set_num_threads(1)
    weights = published_weights(name, content, file)
    backbone = make_backbone(name)
    backbone.load_state_dict(weights)
    return ready_to_encode(backbone)


def published_weights(name: str, content: bytes, file: str) -> dict[str, Tensor]:
    """Return the state of the network `name` that is in the bytes of a file.

    Raises:
        Invalid: as `load_published` does.
    """
    try:
        found = load(content)
    except SafetensorError as error:
        raise Invalid(f"'{file}' is no safetensors file: {error}.", field="encoder") from error
    weights = _translated(found)
    with torch.device("meta"):  # shapes alone: a file that does not fit costs nothing
        wanted = make_backbone(name).state_dict()
    _check(wanted, weights, name, file)
    return weights


def _translated(found: Mapping[str, Tensor]) -> dict[str, Tensor]:
    weights: dict[str, Tensor] = {}
    thirds: dict[str, dict[str, Tensor]] = {}
    for full_name, tensor in found.items():
        name = full_name.removeprefix("dinov2.")
        if name in _TRAINING_ONLY:
            continue
        part = _SPLIT.fullmatch(name)
        if part is not None:
            number, which, kind = part.groups()
            thirds.setdefault(f"blocks.{number}.attn.qkv.{kind}", {})[which] = tensor.float()
            continue
        for pattern, ours in _RENAMED:
            if re.match(pattern, name):
                name = re.sub(pattern, ours, name, count=1)
                break
        weights[name] = tensor.float()
    for name, parts in thirds.items():
        if len(parts) == 3:
            weights[name] = torch.cat([parts[which] for which in ("query", "key", "value")])
    return weights


def _check(wanted: Mapping[str, Tensor], given: Mapping[str, Tensor], name: str, file: str) -> None:
    for key, tensor in wanted.items():
        if key not in given:
            raise Invalid(f"'{file}' is no {name}: it has no array '{key}'.", field="encoder")
        if given[key].shape != tensor.shape:
            raise Invalid(
                f"'{file}' is no {name}: its array '{key}' has the shape {tuple(given[key].shape)}, not "
                f"{tuple(tensor.shape)}.",
                field="encoder",
            )
        if not torch.isfinite(given[key]).all():
            raise Invalid(f"'{file}': the array '{key}' holds a value that is not finite.", field="encoder")
    odd = sorted(set(given) - set(wanted))
    if odd:
        raise Invalid(
            f"'{file}' is no {name}: it has {len(odd)} arrays too many, the first is '{odd[0]}'.",
            field="encoder",
        )
