"""A throw-away certificate for the hosts that the stand-in plays, made anew in each process."""

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAMES = (
    *("*.tiktok.com", "*.us.tiktok.com", "tiktok.com", "*.tiktokcdn.com", "www.tikwm.com", "tikwm.com"),
    *("*.youtube.com", "youtube.com", "youtu.be", "*.googlevideo.com", "i.ytimg.com"),
)
DAYS = 30


@cache
def context() -> ssl.SSLContext:
    """The server side of TLS; HTTP/1.1 only, as some clients would else speak HTTP/2."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:  # ssl only reads files
        path = Path(folder) / "both.pem"
        path.touch(0o600)
        path.write_bytes(pem + _certificate(key).public_bytes(serialization.Encoding.PEM))
        found.load_cert_chain(path)
    found.set_alpn_protocols(["http/1.1"])
    return found


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in NAMES])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).add_extension(names, critical=False)
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=DAYS))
    return builder.sign(key, hashes.SHA256())
