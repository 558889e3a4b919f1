"""Base class of the descriptions of networks."""

from typing import Any, ClassVar

__all__ = ["NetworkDescription"]


class NetworkDescription:
    """What the other packages need to know of a network.

    A description holds no state and loads no Keras. `register` adds it to the registry, and
    `get_network` finds it by its name.

    Attributes
    ----------
    name : str
        The entry ``name`` of the architectures of the network.
    """

    name: ClassVar[str]

    def upgrade_architecture(self, architecture: dict[str, Any]) -> dict[str, Any]:
        """Return an architecture of this version for one that an earlier version wrote.

        Parameters
        ----------
        architecture : dict
            Of this or an earlier version. It is not changed.

        Returns
        -------
        dict
            An architecture of this version is returned with equal entries.
        """
        return dict(architecture)
