"""Why the system refused something, in French: its own words are in its own language."""

import errno
from typing import Final

_DENIED: Final = "l'accès est refusé"
_NOT_A_FOLDER: Final = "ce chemin, ou l'un de ses parents, n'est pas un dossier"
_WORDS: Final = {
    errno.ENOENT: "le fichier ou le dossier n'existe pas",
    errno.ENOTDIR: _NOT_A_FOLDER,
    errno.EEXIST: _NOT_A_FOLDER,
    errno.EISDIR: "c'est un dossier",
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: "ce système de fichiers est en lecture seule",
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "le quota de disque est atteint",
    errno.EFBIG: "le fichier dépasserait la taille permise ici",
    errno.ENAMETOOLONG: "le nom est trop long",
    errno.ELOOP: "des liens y tournent en rond",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.ENFILE: "trop de fichiers sont ouverts",
    errno.ENOMEM: "la mémoire manque",
    errno.EIO: "le disque a une erreur de lecture ou d'écriture",
}

_PATH: Final = "Vérifiez ce chemin."
_RIGHTS: Final = "Vérifiez les droits d'accès."
_ROOM: Final = "Libérez de la place."
_OPEN: Final = "Fermez d'autres programmes, ou relevez la limite (ulimit -n)."
_REMEDIES: Final = {
    errno.ENOENT: _PATH,
    errno.ENOTDIR: _PATH,
    errno.EEXIST: _PATH,
    errno.EISDIR: _PATH,
    errno.ENAMETOOLONG: _PATH,
    errno.ELOOP: _PATH,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "Choisissez un endroit où l'on puisse écrire.",
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: "Réduisez ce fichier, ou relevez la limite (ulimit -f).",
    errno.EMFILE: _OPEN,
    errno.ENFILE: _OPEN,
    errno.ENOMEM: "Libérez de la mémoire.",
    errno.EIO: "Vérifiez ce disque.",
}


def refusal(error: OSError) -> str:
    """The reason, for the middle of a sentence; its number where no words are known."""
    if error.errno is None:
        return "erreur du système"
    return _WORDS.get(error.errno, f"erreur du système n°\u00a0{error.errno}")


def remedy(error: OSError) -> str:
    """What to do about it, as a sentence."""
    return _REMEDIES.get(error.errno or 0, "Réessayez, puis vérifiez ce disque et ce chemin.")
