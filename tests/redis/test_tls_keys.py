"""TLS with every kind of key and of cipher that servers and clients use, though only that much of OpenSSL is set up."""

import unittest

from support.certificates import HERE, Authority, Pair, TlsServer, openssl
from support.once import OnceTest

KEYS = {
    "EC P-256": ("ec", "ec_paramgen_curve:P-256"),
    "EC P-384": ("ec", "ec_paramgen_curve:P-384"),
    "EC P-521": ("ec", "ec_paramgen_curve:P-521"),
    "RSA": ("rsa", "rsa_keygen_bits:2048"),
    "RSA-PSS": ("rsa-pss", "rsa_keygen_bits:2048"),
    "Ed25519": ("ed25519", None),
    "Ed448": ("ed448", None),
}
OLDER = {  # TLS 1.2: a cipher, and the key that it goes with
    "ECDHE-ECDSA-AES128-SHA": "EC P-256",
    "ECDHE-ECDSA-CHACHA20-POLY1305": "EC P-384",
    "ECDHE-RSA-AES256-GCM-SHA384": "RSA",
    "ECDHE-RSA-AES128-SHA256": "RSA",
    "AES256-SHA": "RSA",
}
SIGNED_WITH = ("sha224", "sha256", "sha384", "sha512", "sha3-256")
NEWER = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")


class Keys(OnceTest):
    @classmethod
    def setUpClass(cls):
        cls.authority = cls.enterClassContext(Authority())
        cls.pairs = {name: cls.new_pair(name, *kind) for name, kind in KEYS.items()}

    @classmethod
    def new_pair(cls, name, algorithm, parameter):
        """A certificate that signs itself, and its key."""
        name = name.replace(" ", "-")
        pair = Pair(cls.authority.folder / f"{name}.crt", cls.authority.folder / f"{name}.key")
        new = ["-newkey", algorithm, *(["-pkeyopt", parameter] if parameter else []), "-noenc"]
        openssl("req", "-x509", *new, "-keyout", pair.key, "-out", pair.certificate, "-days", 30, "-subj", f"/CN={name}",
                "-addext", f"subjectAltName={HERE}")
        return pair

    def assertServed(self, pair, config=None, options=(), **more):
        with TlsServer(self.authority, pair, config=config, **more) as server:
            self.assertRan(self.run_once("--tls-ca", pair.certificate, *options, redis=server.tls_url))

    def test_a_server_with_any_kind_of_key(self):
        for name, pair in self.pairs.items():
            with self.subTest(name):
                self.assertServed(pair)

    def test_a_certificate_that_is_signed_over_any_digest_that_is_not_weak(self):
        signer = self.pairs["RSA"]
        for digest in SIGNED_WITH:
            pair = self.authority.issue(f"over-{digest}", signer=signer, digest=digest)
            with self.subTest(digest), TlsServer(self.authority, pair) as server:
                self.assertRan(self.run_once("--tls-ca", signer.certificate, redis=server.tls_url))

    def test_a_server_that_speaks_tls_1_2_with_any_cipher(self):
        for cipher, key in OLDER.items():
            with self.subTest(cipher):
                self.assertServed(self.pairs[key], {"tls-protocols": "TLSv1.2", "tls-ciphers": cipher})

    def test_a_server_with_any_cipher_of_tls_1_3(self):
        for cipher in NEWER:
            with self.subTest(cipher):
                self.assertServed(self.pairs["EC P-256"], {"tls-ciphersuites": cipher})

    def test_a_key_of_ours_of_any_kind(self):
        for name, pair in self.pairs.items():
            with self.subTest(name):
                self.assertServed(self.pairs["EC P-256"], {"tls-ca-cert-file": pair.certificate},
                                  ("--tls-cert", pair.certificate, "--tls-key", pair.key), clients="yes")

    def test_a_key_of_ours_in_the_form_of_old_programs(self):
        for name, command in (("RSA", ("rsa", "-traditional")), ("EC P-256", ("ec",))):
            with self.subTest(name):
                pair = self.pairs[name]
                old = self.authority.folder / f"old-{command[0]}.key"
                openssl(*command, "-in", pair.key, "-out", old)
                self.assertServed(self.pairs["EC P-256"], {"tls-ca-cert-file": pair.certificate},
                                  ("--tls-cert", pair.certificate, "--tls-key", old), clients="yes")


if __name__ == "__main__":
    unittest.main()
