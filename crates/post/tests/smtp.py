"""A mail server for the tests: Debian's aiosmtpd. Each letter is written to a folder, in the order of arrival. Arguments: address, port, folder, and optionally
certificate and key, by which it offers STARTTLS and asks for a password. Recipients named refused@ do not exist, those named later@ are refused for now.
While the folder
holds a file `refuse-content`, no letter is taken; while it holds `hold-answer`, a letter to slow@ is taken, and the answer does not come."""

import asyncio
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

ADDRESS, PORT, FOLDER = sys.argv[1], int(sys.argv[2]), sys.argv[3]


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 no such user here"
        if address.startswith("later@"):
            return "451 4.7.1 greylisted, come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if os.path.exists(os.path.join(FOLDER, "refuse-content")):
            return "554 5.7.1 this looks like spam"
        taken = [name for name in os.listdir(FOLDER) if name.endswith(".eml")]
        name = f"{len(taken):04}.eml"
        with open(os.path.join(FOLDER, name + ".part"), "wb") as file:
            file.write(("X-To: " + ",".join(envelope.rcpt_tos) + "\r\n").encode())
            file.write(envelope.original_content)
        os.rename(os.path.join(FOLDER, name + ".part"), os.path.join(FOLDER, name))
        while envelope.rcpt_tos[0].startswith("slow@") and os.path.exists(os.path.join(FOLDER, "hold-answer")):
            await asyncio.sleep(0.05)
        return "250 taken as " + name


def who(server, session, envelope, mechanism, data):
    is_right = data.login == b"jianjia" and data.password == b"secret"
    # Not `handled`: the server answers what is to be answered.
    return AuthResult(success=is_right, handled=False)


async def main():
    arguments = {"hostname": "mail.test"}
    if len(sys.argv) > 4:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[4], sys.argv[5])
        arguments.update(tls_context=context, require_starttls=True, authenticator=who, auth_required=True)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), loop=loop, **arguments), ADDRESS, PORT)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
