"""Health tells a full sphere from a point, and a collapse from a narrow start."""

import pytest
import torch

from tamis.learning.health import Health, effective_rank, find_collapse, knn_hits, measure


def features(n: int = 128, d: int = 16) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(0))


def test_random_features_fill_the_sphere() -> None:
    health = measure(features(), features())
    assert health.alignment == 0 and health.agreement == 1
    assert health.spread == pytest.approx(1, abs=0.05)
    assert health.uniformity < -3
    assert 12 < health.effective_rank <= 16


def test_one_vector_for_all_images_is_a_point() -> None:
    health = measure(torch.ones(32, 8), torch.ones(32, 8))
    assert health.spread == pytest.approx(0) and health.uniformity == pytest.approx(0)
    assert health.effective_rank == 1


def test_the_effective_rank_counts_directions() -> None:
    flat = torch.zeros(64, 10)
    flat[:, :3] = torch.linalg.qr(features(64, 3))[0]
    assert effective_rank(flat) == pytest.approx(3, abs=0.1)


def test_agreement_is_how_often_a_view_finds_its_image() -> None:
    first = torch.eye(4)
    assert measure(first, first[[0, 1, 3, 2]]).agreement == 0.5


def test_neighbours_vote_and_nobody_votes_for_itself() -> None:
    labels = torch.tensor([0] * 8 + [1] * 8)
    apart = torch.cat([torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])]).repeat_interleave(8, 0)
    assert knn_hits(apart, labels).all()
    assert not knn_hits(torch.eye(2), torch.tensor([0, 1])).any()


def test_images_without_a_label_neither_vote_nor_count() -> None:
    labels = torch.tensor([0] * 8 + [1] * 8)
    features = torch.cat([torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])]).repeat_interleave(8, 0)
    features += torch.randn(16, 2, generator=torch.Generator().manual_seed(0)) * 0.6
    some = torch.where(torch.arange(16) % 3 == 0, -1, labels)
    known = some >= 0
    only = measure(features[known], features[known], labels[known])
    assert 0 < (only.knn or 0) < 1
    assert measure(features, features, some).knn == only.knn
    assert measure(features, features, torch.full((16,), -1)).knn is None


def looks(spread: float, rank: float = 20.0, uniformity: float = -2.0) -> Health:
    return Health(alignment=0.1, uniformity=uniformity, effective_rank=rank, spread=spread, agreement=0.5)


@pytest.mark.parametrize(
    ("history", "word"),
    [
        ([looks(0.5), looks(0.01), looks(0.01)], "nearly the same vector"),
        ([looks(0.5), looks(0.5, 1.2), looks(0.5, 1.3)], "lie on a line"),
    ],
)
def test_a_collapse_is_explained(history: list[Health], word: str) -> None:
    found = find_collapse(history)
    assert found is not None and word in found.reason and found.advice.startswith("Try ")


@pytest.mark.parametrize(
    "history",
    [
        [looks(0.5)],
        [looks(0.5), looks(0.01)],  # once may be chance
        [looks(0.04), looks(0.03), looks(0.03)],  # it began as narrow as that
        [looks(0.5), looks(0.4), looks(0.45)],
    ],
)
def test_what_is_no_collapse_goes_on(history: list[Health]) -> None:
    assert find_collapse(history) is None
