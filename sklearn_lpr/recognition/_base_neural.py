"""Base class of recognizers that train a network."""

import os
import warnings
from abc import ABCMeta, abstractmethod
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_consistent_length

from .._random import seed_from_random_state
from .._sklearn_compat import HasMethods, Interval, check_sample_weight, fit_context
from .._texts import check_texts
from ..networks import get_network, upgrade_architecture
from ..training import BaseNetworkEstimator, Ramp, TrainingResult, TrainingTask
from ._alphabet import choose_alphabet, encode_texts
from ._ctc_recognizer import CTCRecognizer, get_input_form
from ._ctc_training import ExactMatch, PlateExamples, schedule_ctc
from ._inference import certain_blank, predict_in_batches

__all__ = ["BaseNeuralRecognizer"]

# The number of training plates that are predicted after training, to detect a network that has
# learned nothing.
_N_PROBED = 64

# Optimizers square gradients in float32, which overflows for larger weights.
_MAX_WEIGHT = 1e12


class BaseNeuralRecognizer(BaseNetworkEstimator, CTCRecognizer, metaclass=ABCMeta):
    """Train a network by connectionist temporal classification and predict texts with it.

    Subclasses define the name of the network and its architecture.
    """

    # The name in the registry.
    _network: ClassVar[str]

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "alphabet": [str, None],
        "decoder": [HasMethods("decode"), None],
        "augmentation": [HasMethods("prepare"), None],
        "label_noise_fraction": [Interval(Real, 0, 1, closed="left")],
        "initial_weights": [str, os.PathLike, None],
        **BaseNetworkEstimator._parameter_constraints,
    }

    _renamed_parameters: ClassVar[dict[str, str]] = {
        "label_noise": "label_noise_fraction",
        "weight_averaging": "ema_decay",
    }

    # A parameter of recognizers whose characters are evenly spaced over the time steps.
    alignment_warmup: float | str = 0.0

    def __init__(
        self,
        *,
        alphabet: str | None,
        decoder: Any,
        augmentation: Any,
        label_noise_fraction: float,
        initial_weights: str | os.PathLike[str] | None,
        **training_parameters: Any,
    ) -> None:
        self.alphabet = alphabet
        self.decoder = decoder
        self.augmentation = augmentation
        self.label_noise_fraction = label_noise_fraction
        self.initial_weights = initial_weights
        super().__init__(**training_parameters)

    @abstractmethod
    def _architecture(self, shape: tuple[int, ...], n_symbols: int) -> dict[str, Any]:
        """Return the network for images of a shape, as `networks.borrow_network` takes it."""

    @abstractmethod
    def _find_learnable(
        self, images: npt.NDArray[np.uint8], texts: npt.NDArray[np.str_], n_time_steps: int
    ) -> npt.NDArray[np.bool_]:
        """Return which plates have enough time steps for their texts, or raise a ValueError."""

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: npt.ArrayLike | None = None) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array-like of samples
            All of one size.
        y : array-like of str of shape (n_samples,)
            The texts of the plates.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the plates in the loss, and in the score of `early_stopping`. None means that
            all plates have the weight 1.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            Before training starts, if images or texts are unusable, a text has characters
            outside `alphabet` or is too long for the network. During training, if the loss
            diverges.
        KeyboardInterrupt
            If the user interrupts training before its first epoch has ended; the recognizer
            stays unchanged.

        Warns
        -----
        UserWarning
            If plates are left out of training, or texts are long for the network. Also if the
            user interrupts training after its first epoch: the fitted recognizer is that of the
            last complete epoch.
        ConvergenceWarning
            If the network predicts none of its training plates correctly.
        """
        return self._run_fit(X, y, sample_weight)

    def _prepare_fit(self, X: Any, y: Any, sample_weight: Any) -> TrainingTask:
        images = get_input_form(self._network).check(X)
        texts = check_texts(y)
        check_consistent_length(images, texts)
        weights = check_sample_weight(
            sample_weight, images, dtype=np.float32, ensure_non_negative=True
        )
        _check_size_of_weights(weights)
        alphabet = choose_alphabet(self.alphabet, texts)
        architecture = self._architecture(images.shape[1:], 1 + len(alphabet))
        if self._continues:
            self._check_alphabet(alphabet)
            self._check_warm_start(architecture)
        # Decode a blank image, so that errors of the decoder are raised before training.
        self._decode(certain_blank(1 + len(alphabet))[np.newaxis, np.newaxis], alphabet)
        seed = seed_from_random_state(self.random_state)

        from ..networks import borrow_network

        with borrow_network(architecture) as network:
            used = self._find_usable(images, texts, network.output_shape[1])
            first_weights = self._first_weights(network, seed, alphabet)
        training, validation = self._hold_out(used, texts, weights, seed)
        if not weights[training].any():
            raise ValueError(
                f"sample_weight is 0 for all {len(training)} plates that are left for training, "
                f"of {len(images)}; raise the weights of plates that are not blank, not too short "
                "and not in the validation set."
            )
        longest_text = max(map(len, texts))

        def score_on(
            indices: npt.NDArray[np.intp], by: npt.NDArray[np.float32] | None = None
        ) -> ExactMatch:
            symbols = encode_texts(texts[indices], alphabet, longest_text)
            return ExactMatch(images[indices], symbols, by)

        return TrainingTask(
            architecture=architecture,
            first_weights=first_weights,
            examples=PlateExamples(
                images[training],
                texts[training],
                alphabet=alphabet,
                longest_text=longest_text,
                augmentation=self.augmentation,
            ),
            sample_weight=weights[training],
            seed=seed,
            validation=score_on(validation, weights[validation]) if self.early_stopping else None,
            probe=score_on(training[:_N_PROBED]),
            schedules=self._schedules(),
            attributes={"alphabet_": alphabet},
        )

    def _schedules(self) -> dict[str, Ramp]:
        """Return the schedules of the loss and of the layers of the network."""
        trained = self._continues or self.initial_weights is not None
        loss = schedule_ctc(self.alignment_warmup, self.label_noise_fraction, trained=trained)
        layers = get_network(self._network).schedules
        return {**loss, **{name: Ramp(*values) for name, values in layers.items()}}

    def _check_convergence(self, result: TrainingResult, task: TrainingTask) -> None:
        if result.probe_score == 0:
            n_probed = min(_N_PROBED, len(task.examples))
            warnings.warn(
                f"After {self.n_iter_} epochs the network predicts none of {n_probed} training "
                "plates correctly. Such networks learn nothing in their first hundreds of steps: "
                "raise max_iter, lower batch_size, or add plates.",
                ConvergenceWarning,
                stacklevel=5,
            )

    def _check_alphabet(self, alphabet: str) -> None:
        if alphabet != self.alphabet_:
            raise ValueError(
                f"warm_start=True continues with the alphabet {self.alphabet_!r}, but this fit "
                f"has {alphabet!r}; pass alphabet= to both, or start from initial_weights."
            )

    def _find_usable(
        self, images: npt.NDArray[np.uint8], texts: npt.NDArray[np.str_], n_time_steps: int
    ) -> npt.NDArray[np.intp]:
        """Return the indices of the plates that training uses."""
        blank = get_input_form(self._network).find_blank(images)
        if blank.all():
            raise ValueError(
                f"All {len(images)} images are blank (all pixels equal); there is no plate to "
                "learn from. Check the output of the steps before the recognizer."
            )
        if blank.any():
            warnings.warn(
                f"{blank.sum()} of {len(images)} images are blank (all pixels equal) and are "
                "left out of training.",
                UserWarning,
                stacklevel=6,
            )
        return np.flatnonzero(~blank & self._find_learnable(images, texts, n_time_steps))

    def _hold_out(
        self,
        used: npt.NDArray[np.intp],
        texts: npt.NDArray[np.str_],
        weights: npt.NDArray[np.float32],
        seed: int,
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Return the indices of training and validation plates, split by plate number."""
        if not self.early_stopping:
            return used, used[:0]
        # Imported here, since sklearn.model_selection takes time and memory.
        from ..model_selection import PlateShuffleSplit

        splitter = PlateShuffleSplit(1, test_size=self.validation_fraction, random_state=seed)
        try:
            training, validation = next(splitter.split(used, texts[used]))
        except ValueError as error:
            raise ValueError(
                f"early_stopping=True cannot hold out the fraction {self.validation_fraction!r} "
                f"(validation_fraction) of {len(np.unique(texts[used]))} distinct plates: pass "
                "more plates, change validation_fraction, or set early_stopping=False."
            ) from error
        validation = used[validation]
        if not weights[validation].any():
            raise ValueError(
                f"sample_weight is 0 for all {len(validation)} plates that early_stopping holds "
                "out; raise weights, pass more plates, or set early_stopping=False."
            )
        return used[training], validation[weights[validation] > 0]

    def _log_proba(
        self, images: npt.NDArray[np.uint8], architecture: dict[str, Any]
    ) -> npt.NDArray[np.float32]:
        from ..networks import borrow_network

        with borrow_network(architecture, self.weights_) as network:
            return predict_in_batches(network.predict, images)

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "architecture_" in state:
            state = {**state, "architecture_": upgrade_architecture(state["architecture_"])}
        super().__setstate__(state)


def _check_size_of_weights(weights: npt.NDArray[np.float32]) -> None:
    """Raise a ValueError if a sample weight is so large that training overflows."""
    if len(weights) and weights.max() > _MAX_WEIGHT:
        index = int(weights.argmax())
        raise ValueError(
            f"sample_weight[{index}] is {weights[index]:.3g}, which overflows in training; scale "
            f"the weights so that the largest one is at most {_MAX_WEIGHT:.0e}, for example 1."
        )
