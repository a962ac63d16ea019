"""The chunked loss against PyTorch's cross-entropy."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from bespoke_trainer.loss import target_losses


@pytest.mark.parametrize("rows", [1, 127, 128, 300])
@pytest.mark.parametrize("with_bias", [False, True])
def test_equals_cross_entropy(rows, with_bias):
    torch.manual_seed(0)
    states = torch.randn(rows, 8, requires_grad=True)
    weight = torch.randn(20, 8, requires_grad=True)
    bias = torch.randn(20) if with_bias else None
    labels = torch.randint(0, 20, (rows,))

    expected = F.cross_entropy(F.linear(states, weight, bias), labels, reduction="none")
    expected_gradients = torch.autograd.grad(expected.sum() / 7, (states, weight))
    actual = target_losses(states, weight, bias, labels)
    gradients = torch.autograd.grad(actual.sum() / 7, (states, weight))

    torch.testing.assert_close(actual, expected)
    torch.testing.assert_close(gradients, expected_gradients, rtol=1e-4, atol=1e-5)


def test_leaves_a_frozen_weight_alone():
    states = torch.randn(3, 8, requires_grad=True)
    weight = torch.randn(20, 8)
    target_losses(states, weight, None, torch.tensor([1, 2, 3])).sum().backward()
    assert states.grad is not None and weight.grad is None


def test_refuses_unequal_weights():
    states = torch.randn(3, 8, requires_grad=True)
    weight = torch.randn(20, 8, requires_grad=True)
    losses = target_losses(states, weight, None, torch.tensor([1, 2, 3]))
    with pytest.raises(RuntimeError, match="equal weight"):
        (losses * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
