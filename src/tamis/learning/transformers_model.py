"""Vision models of the library transformers, from a configuration and weights that were read before.

transformers is given neither a name nor a folder to open, so it can find no code, no pickle, no adapter and
no network address in one. It builds its own class for a type that stands in `POOLED`, and gets the arrays.
"""

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tamis.learning.foreign import WRONG, arrays_of, brief
from tamis.model.digest import Json
from tamis.model.errors import Invalid

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CLASS_TOKEN, POOLER, PROJECTION = "class token", "pooler", "projection"
POOLED = {
    "beit": POOLER,
    "clip": PROJECTION,
    "clip_vision_model": POOLER,
    "convnext": POOLER,
    "convnextv2": POOLER,
    "deit": CLASS_TOKEN,
    "dinov2": POOLER,
    "dinov2_with_registers": POOLER,
    "dinov3_convnext": POOLER,
    "dinov3_vit": POOLER,
    "regnet": POOLER,
    "resnet": POOLER,
    "siglip": PROJECTION,
    "siglip_vision_model": POOLER,
    "swin": POOLER,
    "swinv2": POOLER,
    "vit": CLASS_TOKEN,
    "vit_msn": CLASS_TOKEN,
}
"""The types that may be opened, and which of their outputs is the vector.

`pooler` is the model's own summary: the class token after the last norm (DINOv2, DINOv3, CLIP), the mean
(ResNet, ConvNeXt, Swin, BeiT), or what an attention over all patches finds (SigLIP). `class token` is for
models whose pooler is absent or one more dense layer, made for a training task: many files lack it, and
transformers would then draw it by chance. `projection` is the space that pictures share with texts.
"""
_CHOOSES_CODE = {
    "_attn_implementation",
    "_attn_implementation_internal",
    "_experts_implementation",
    "attn_implementation",
    "auto_map",
    "experts_implementation",
    "fusion_config",
    "kernel_config",
}
"""Settings that name code to run; without them the library takes its own."""


class PretrainedModel:
    """A model on the processor, ready to encode. Any number of threads may use it at once."""

    def __init__(self, model: "PreTrainedModel", pooled: str, version: str) -> None:
        self._model, self._pooled = model.eval(), pooled
        self.facts: dict[str, Json] = {"pooled": pooled, "transformers": int(version.partition(".")[0])}

    @torch.inference_mode()
    def features(self, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn prepared pictures (n, 3, s, s) into vectors (n, d).

        Raises:
            Invalid: the model takes no pictures of this side.
        """
        call = self._model.get_image_features if self._pooled == PROJECTION else self._model
        try:
            found: Any = call(pixel_values=torch.from_numpy(pictures))
        except (RuntimeError, TypeError, ValueError) as error:
            side = pictures.shape[-1]
            raise Invalid(
                f"The model cannot take pictures of {side} pixels: {brief(error)}", field="encoder"
            ) from error
        made: Tensor = (
            found.last_hidden_state[:, 0] if self._pooled == CLASS_TOKEN else found.pooler_output.flatten(1)
        )
        vectors: NDArray[np.float32] = made.float().numpy()
        return vectors


def load_pretrained(config: dict[str, Json], weights: list[bytes], folder: str) -> PretrainedModel:
    """Make the model that a configuration names, with the arrays of safetensors files.

    From here on torch uses one thread: the callers bring threads of their own.

    Raises:
        Invalid: the type is not known, or the weights are those of another model; the message names `folder`.
        ModuleNotFoundError: transformers is not installed.
    """
    kind = config.get("model_type")
    if not isinstance(kind, str) or kind not in POOLED:
        raise Invalid(
            f"The model in '{folder}' is of the type {kind!r}. Tamis opens: {', '.join(POOLED)}. Export "
            "another to a file for onnx:FILE.",
            field="encoder",
        )
    if "quantization_config" in config:
        raise Invalid(f"The weights in '{folder}' are quantised. Take those that are not.", field="encoder")
    torch.set_num_threads(1)
    transformers = _offline()
    arrays = arrays_of(weights, folder)
    from huggingface_hub.errors import StrictDataclassError

    plain = {name: value for name, value in _plain(config).items() if name != "model_type"}
    try:
        settings = transformers.CONFIG_MAPPING[kind].from_dict(plain)
        model, report = transformers.MODEL_MAPPING[type(settings)].from_pretrained(
            None, config=settings, state_dict=arrays, dtype=torch.float32, output_loading_info=True
        )
    except (*WRONG, StrictDataclassError) as error:
        raise Invalid(
            f"'{folder}' cannot be opened as a model of the type '{kind}': {brief(error)}", field="encoder"
        ) from error
    lacking = sorted(report["missing_keys"])
    if POOLED[kind] == CLASS_TOKEN:
        lacking = [name for name in lacking if not name.startswith("pooler.")]
    if lacking:
        raise Invalid(
            f"The weights in '{folder}' lack {len(lacking)} arrays of a '{kind}', the first is "
            f"'{lacking[0]}'.",
            field="encoder",
        )
    return PretrainedModel(model, POOLED[kind], transformers.__version__)


def _offline() -> Any:
    """Import transformers so that it stays silent, and off the network whatever else asks it to."""
    os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
    import transformers

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    return transformers


def _plain(config: dict[str, Json]) -> dict[str, Json]:
    """Leave out what would choose code, at any depth."""
    return {
        name: _plain(value) if isinstance(value, dict) else value
        for name, value in config.items()
        if name not in _CHOOSES_CODE
    }
