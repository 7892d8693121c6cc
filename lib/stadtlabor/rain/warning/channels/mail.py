"""Messages by mail."""

from __future__ import annotations

import os
import smtplib
from email.message import EmailMessage

from stadtlabor.rain.warning.parcel import ChannelError, Parcel

__all__ = ["Mail"]

TIMEOUT_S = 20.0


class Mail:
    """Sends text, with the CAP message as attachment.

    Parameters
    ----------
    host, port
        Mail server of the city.
    sender, to
        Addresses.
    user, password_env
        Login; the password stands in that environment variable.
    tls
        Encrypted by STARTTLS; off only for a server on this machine.
    """

    def __init__(
        self,
        host: str,
        sender: str,
        to: list[str],
        port: int = 587,
        user: str | None = None,
        password_env: str | None = None,
        tls: bool = True,
    ) -> None:
        self._host, self._port, self._tls = host, port, tls
        self._sender, self._to, self._user = sender, to, user
        self._password = os.environ.get(password_env, "") if password_env else ""

    def send(self, parcel: Parcel) -> None:
        """Send one mail to all recipients."""
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, ", ".join(self._to)
        mail["Subject"] = parcel.subject
        # Mail programs and servers drop a second mail of the same id.
        mail["Message-ID"] = f"<{parcel.key.replace('/', '.')}@{self._sender.partition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(parcel.text)
        if parcel.cap:
            mail.add_attachment(
                parcel.cap.encode(), maintype="application", subtype="cap+xml",
                filename=f"{parcel.key}.xml",
            )  # fmt: skip
        try:
            with smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S) as server:
                if self._tls:
                    server.starttls()
                if self._user:
                    server.login(self._user, self._password)
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise ChannelError(
                f"Der Mailserver {self._host}:{self._port} nimmt nicht an ({error})."
            ) from error

    def has(self, key: str) -> None:
        """Nobody can tell: mail programs look at the message's id."""
