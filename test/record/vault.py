"""Record vaults that ansible-core seals, and what it says about those it cannot open, in test/cases/vault/cases.json.

Run: /usr/bin/python3 test/record/vault.py
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.realpath(os.path.join(HERE, "..", "cases", "vault", "cases.json"))
SALT = bytes(range(32))
TEXTS = ["", "a", "fifteen bytes..", "sixteen bytes...", "grüße\nzwei\n", "x" * 1000]


def envelopes():
    """Yield sealed texts with the passwords to try on them."""
    from ansible.parsing.vault import VaultAES256, VaultSecret, format_vaulttext_envelope

    for text in TEXTS:
        for vault_id in ("default", "dev"):
            body = VaultAES256.encrypt(text.encode(), VaultSecret(b"secret"), SALT)
            sealed = format_vaulttext_envelope(body, "AES256", vault_id=vault_id).decode()
            yield {"sealed": sealed, "text": text, "id": vault_id, "secrets": [[vault_id, "secret"]]}
    good = sealed
    header, rest = good.split("\n", 1)
    several = [["default", "wrong"], ["dev", "secret"], ["other", "secret"]]
    yield {"sealed": good, "secrets": several}
    yield {"sealed": good, "secrets": [["other", "secret"]]}
    yield {"sealed": good, "secrets": [["other", "secret"]], "match": True}
    yield {"sealed": good, "secrets": [["dev", "wrong"], ["default", "wrong"]]}
    yield {"sealed": good, "secrets": [["dev", "wrong"]], "file": "/x/y.yml"}
    yield {"sealed": good, "secrets": []}
    yield {"sealed": "plain", "secrets": several}
    yield {"sealed": "plain", "secrets": several, "file": "/x/y.yml"}
    yield {"sealed": "$ANSIBLE_VAULT;1.1\n" + rest, "secrets": several}
    yield {"sealed": "$ANSIBLE_VAULT;1.1\n" + rest, "secrets": several, "file": "/x/y.yml"}
    yield {"sealed": "$ANSIBLE_VAULT\n" + rest, "secrets": several}
    yield {"sealed": "$ANSIBLE_VAULT;1.1;AES\n" + rest, "secrets": several}
    yield {"sealed": "$ANSIBLE_VAULT;1.1;AES256\n" + rest, "secrets": several}
    yield {"sealed": "$ANSIBLE_VAULT;1.3;AES256;dev;more\n" + rest, "secrets": several}
    yield {"sealed": header + "\n" + rest.replace("\n", "\r\n"), "secrets": several}
    yield {"sealed": header + "\n" + rest[:-2] + "\n", "secrets": several}
    yield {"sealed": header + "\n" + rest[:100] + "zz" + rest[102:], "secrets": several}
    yield {"sealed": header + "\nabcd\n", "secrets": several}
    yield {"sealed": header + "\n", "secrets": several}
    yield {"sealed": header + "\n" + rest[:200] + "0" + rest[201:], "secrets": several}


def main():
    """Ask VaultLib to open every envelope."""
    sys.path.insert(0, HERE)
    import ansible_api

    ansible_api.clean_environment({})
    ansible_api.capture_warnings()
    from ansible import constants as C
    from ansible.parsing.vault import VaultLib, VaultSecret

    cases = []
    for case in envelopes():
        C.DEFAULT_VAULT_ID_MATCH = case.get("match", False)
        library = VaultLib([(name, VaultSecret(password.encode())) for name, password in case["secrets"]])
        try:
            text, used, _ = library.decrypt_and_get_vault_id(case["sealed"], filename=case.get("file"))
            case["opened"] = [text.decode(), used]
        except Exception as error:
            case["error"] = str(error)
        cases.append(case)
    os.makedirs(os.path.dirname(CASES), exist_ok=True)
    with open(CASES, "w") as cases_file:
        json.dump({"salt": SALT.hex(), "cases": cases}, cases_file, indent=1, ensure_ascii=False)
        cases_file.write("\n")


if __name__ == "__main__":
    main()
