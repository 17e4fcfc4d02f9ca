"""Certificates for the classroom, made when they are needed and gone afterwards: no key is ever written to a file.

They are made with `cryptography`, on which c2pa-python itself depends: nothing is added to the environment, and X.509
is no place for code of our own. The shape follows the C2PA specification's certificate profile: a root that signs a
signer, which may sign content and nothing else.
"""

import datetime
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

_USES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip


@dataclass(frozen=True)
class Signer:
    """Somebody who can sign: a chain of certificates and the key that belongs to it.

    Attributes
    ----------
    name : str
        What the certificate says. Whoever makes the certificate chooses it.
    chain : bytes
        PEM, the signer's certificate first, then the root.
    key : bytes
        PEM (PKCS #8), not encrypted: the private key. It is not shown and never written.
    """

    name: str
    chain: bytes
    key: bytes = field(repr=False)


class Authority:
    """A certificate authority for the classroom: a root, and the signers that it vouches for.

    Parameters
    ----------
    name : str
        What its root certificate says.

    Examples
    --------
    >>> authority = Authority("Classroom root")
    >>> authority.issue("School newspaper").name
    'School newspaper'
    """

    def __init__(self, name: str):
        self.name = _as_name(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        begins = _now() - datetime.timedelta(days=3650)
        self._root = (
            _builder(self.name, self.name, self._key.public_key(), begins, begins + datetime.timedelta(days=7300))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def root(self) -> bytes:
        """The root certificate, PEM: what a reader puts on its trust list. It holds no key."""
        return self._root.public_bytes(serialization.Encoding.PEM)

    def issue(
        self,
        name: str,
        begins: datetime.datetime | None = None,
        lasts: datetime.timedelta = datetime.timedelta(days=3650),
    ) -> Signer:
        """Vouch for a signer.

        Parameters
        ----------
        name : str
            Any name at all. An authority that does not check it vouches for a name that is not theirs.
        begins : datetime.datetime, with a time zone, optional
            First moment of validity; two years ago when left out, so that a wrong clock does no harm.
        lasts : datetime.timedelta
            How long the certificate is valid.

        Returns
        -------
        Signer
            With a key of its own (ECDSA on the curve P-256), which exists in memory only.

        Raises
        ------
        ContrechampError
            When the name is empty or longer than 64 characters.

        References
        ----------
        RFC 5280, "Internet X.509 Public Key Infrastructure Certificate and CRL Profile", 2008.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        begins = begins or _now() - datetime.timedelta(days=730)
        certificate = (
            _builder(_as_name(name), self.name, key.public_key(), begins, begins + lasts)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage("digital_signature"), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return Signer(name, certificate.public_bytes(serialization.Encoding.PEM) + self.root, secret)


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePublicKey, begins: datetime.datetime,
             ends: datetime.datetime) -> x509.CertificateBuilder:  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(_distinguished(subject))
        .issuer_name(_distinguished(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _distinguished(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Contrechamp, classroom test only"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{use: use in allowed for use in _USES})


def _as_name(name: str) -> str:
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 64:
        raise ContrechampError(_("A certificate needs a name of one to 64 characters, not {name!r}.").format(name=name))
    return name.strip()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
