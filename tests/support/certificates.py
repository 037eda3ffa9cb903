"""Keys and certificates for a test, and a server that speaks TLS with them."""

import pathlib
import subprocess
import tempfile

from support.server import Server, free_port

HERE = "DNS:localhost,IP:127.0.0.1,IP:::1"
EXPIRED = ("-not_before", "20200101000000Z", "-not_after", "20200201000000Z")
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc")


def openssl(*words):
    done = subprocess.run(["openssl", *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"openssl {words}: {done.stderr}")


def dates_can_be_set():
    """Since OpenSSL 3.4, which in turn takes no negative number of days."""
    return "-not_after" in subprocess.run(["openssl", "x509", "-help"], capture_output=True, text=True).stderr


class Pair:
    """A certificate and its key, as PEM files."""

    def __init__(self, certificate, key):
        self.certificate, self.key = certificate, key


class Authority:
    """Signs certificates. `.certificate` is its own, `.folder` holds everything."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="limiters-keys-")
        self.folder = pathlib.Path(self._folder.name)
        self.certificate, self._key = self.folder / "ca.crt", self.folder / "ca.key"
        openssl("req", "-x509", *KEY, "-keyout", self._key, "-out", self.certificate, "-days", 30,
                "-subj", "/CN=an authority for tests")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def issue(self, name, hosts=HERE, days=30, signer=None, digest="sha256"):
        """A Pair for these hosts, signed with this authority's key or the `signer`'s. Days below 0: it has expired."""
        signer = signer or Pair(self.certificate, self._key)
        validity = ["-days", days] if days > 0 or not dates_can_be_set() else EXPIRED
        pair = Pair(self.folder / f"{name}.crt", self.folder / f"{name}.key")
        request = self.folder / f"{name}.csr"
        openssl("req", "-new", *KEY, "-keyout", pair.key, "-out", request, "-subj", f"/CN={name}",
                "-addext", f"subjectAltName={hosts}")
        openssl("x509", "-req", "-in", request, "-CA", signer.certificate, "-CAkey", signer.key, "-CAcreateserial",
                f"-{digest}", "-copy_extensions", "copy", *validity, "-out", pair.certificate)
        return pair

    def hashed_folder(self, name="hashed"):
        """A folder such as /etc/ssl/certs: the certificate under its hash."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "authority.crt").write_bytes(self.certificate.read_bytes())
        openssl("rehash", folder)
        return folder


class TlsServer(Server):
    """A server that shows this certificate at `.tls_url`; `.url` is its plain port.

    clients: whether it asks for a client certificate, "yes", "no" or "optional".
    """

    def __init__(self, authority, pair, clients="no", config=None, **more):
        self._tls_port = free_port()
        super().__init__({"tls-port": self._tls_port, "tls-cert-file": pair.certificate, "tls-key-file": pair.key,
                          "tls-ca-cert-file": authority.certificate, "tls-auth-clients": clients} | dict(config or {}), **more)

    @property
    def tls_url(self):
        return self.tls_url_as("127.0.0.1")

    def tls_url_as(self, host):
        return f"rediss://{host}:{self._tls_port}"
