# Attack: sockets, names and addresses
# Tries: to reach the network of the host
# Ends: runtime_error
# Says: PermissionError: []
import socket
import urllib.request


def score(event):
    worked = []
    for name, attempt in {
        "connect": lambda: socket.create_connection(("127.0.0.1", 80), 1),
        "metadata": lambda: urllib.request.urlopen("http://169.254.169.254/latest/meta-data"),
        "resolve": lambda: socket.getaddrinfo("example.com", 80),
        "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("8.8.8.8", 53)),
        "unix": lambda: socket.socket(socket.AF_UNIX).connect("/var/run/docker.sock"),
        "listen": lambda: socket.create_server(("", 8080)),
        "pair": lambda: socket.socketpair(),
        "by number": lambda: socket.socket(fileno=3),
        "asyncio": lambda: __import__("asyncio").run(__import__("asyncio").open_connection("127.0.0.1", 80)),
        "mail": lambda: __import__("smtplib").SMTP("127.0.0.1"),
    }.items():
        try:
            attempt()
        except Exception:
            continue
        worked.append(name)
    raise PermissionError(worked)
