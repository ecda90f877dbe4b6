"""`make token` proves the password as another implementation (pycognito 2024.5.1) does, and so does the dashboard."""

import json
from datetime import datetime
from typing import Any

import pytest

from local.settings import ROOT
from local.srp import SrpClient

# The data of the dashboard's own test.
VECTORS: list[dict[str, Any]] = json.loads((ROOT / "dashboard" / "tests" / "data" / "srp.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["challenge"]["SALT"] for vector in VECTORS])
def test_proof_is_that_of_another_implementation(vector: dict[str, Any]) -> None:
    client = SrpClient(vector["pool"], vector["password"], secret=int(vector["a"], 16))
    assert client.public_value == vector["A"]
    assert client.proof(vector["challenge"], datetime.fromisoformat(vector["now"])) == {
        "USERNAME": vector["challenge"]["USER_ID_FOR_SRP"],
        "PASSWORD_CLAIM_SECRET_BLOCK": vector["challenge"]["SECRET_BLOCK"],
        "PASSWORD_CLAIM_SIGNATURE": vector["signature"],
        "TIMESTAMP": vector["timestamp"],
    }


def test_no_proof_for_a_server_whose_value_is_zero() -> None:
    challenge = VECTORS[0]["challenge"] | {"SRP_B": "0"}
    with pytest.raises(ValueError, match="SRP"):
        SrpClient("eu-west-1_pool", "password").proof(challenge)
