"""What a visitor's kernel may see."""

from pathlib import Path

from stadtlabor.apps.environment import allowed


def test_only_named_variables_pass(tmp_path: Path) -> None:
    given = {
        "PATH": "/bin",
        "STADTLABOR_HOME": "/var",
        "STADTLABOR_DEV_PASSWORD": "x",
        "JUPYTERHUB_API_TOKEN": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "HTTPS_PROXY": "x",
        "HOME": "/root",
    }
    seen = allowed(given, tmp_path / "apps")
    assert "x" not in seen.values()
    assert seen["PATH"] == "/bin"
    assert seen["HOME"] == str(tmp_path / "apps")
    assert "/root" not in seen.values()
