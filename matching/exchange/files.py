"""What stops a file from being opened or written, in the words of whoever typed its name."""

import errno

_CAUSES = {
    errno.ENOENT: "ce fichier n’existe pas. Vérifiez son nom et son dossier",
    errno.EISDIR: "c’est un dossier. Donnez un fichier",
    errno.ENOTDIR: "une partie du chemin n’est pas un dossier. Vérifiez-le",
    errno.EACCES: "vous n’avez pas le droit d’y accéder. Demandez-le, ou copiez le fichier ailleurs",
    errno.EPERM: "vous n’avez pas le droit d’y accéder. Demandez-le, ou copiez le fichier ailleurs",
    errno.ENAMETOOLONG: "ce nom est trop long. Choisissez-en un plus court",
    errno.ELOOP: "ce lien tourne en rond. Donnez le fichier lui-même",
    errno.ENOSPC: "il n’y a plus de place sur le disque. Faites-en, ou écrivez ailleurs",
    errno.EROFS: "ce disque ne s’écrit pas. Choisissez un autre dossier",
    errno.EIO: "le disque n’a pas répondu. Recommencez, ou copiez le fichier ailleurs",
}


def cause(fault: OSError) -> str:
    """Why the system refused, and what would mend it, without a final point."""
    return _CAUSES.get(fault.errno or 0, "le système l’a refusé. Essayez avec un autre fichier")
