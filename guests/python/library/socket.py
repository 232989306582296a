"""Sockets, without a network: what imports this module works, what opens a socket is refused."""

from enum import IntEnum, IntFlag

__all__ = ["create_connection", "create_server", "getaddrinfo", "gethostbyname", "gethostname", "socket", "timeout"]

error = OSError
timeout = TimeoutError
has_ipv6 = False


class herror(OSError):
    pass


class gaierror(OSError):
    pass


class AddressFamily(IntEnum):
    AF_UNSPEC = 0
    AF_INET = 2


class SocketKind(IntEnum):
    SOCK_STREAM = 1
    SOCK_DGRAM = 2


class MsgFlag(IntFlag):
    MSG_PEEK = 2


AF_UNSPEC, AF_INET = AddressFamily
SOCK_STREAM, SOCK_DGRAM = SocketKind
IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IPV6 = 6, 17, 41
SOL_SOCKET, SO_REUSEADDR, SO_KEEPALIVE, SO_BROADCAST, TCP_NODELAY = 1, 2, 9, 6, 1
AI_PASSIVE, AI_CANONNAME, NI_NUMERICHOST, NI_NUMERICSERV = 1, 2, 1, 2
SHUT_RD, SHUT_WR, SHUT_RDWR = range(3)
SOMAXCONN = 128
_GLOBAL_DEFAULT_TIMEOUT = object()


def _refuse(*arguments, **named):
    raise PermissionError(63, "the sandbox has no network")


class socket:
    def __init__(self, *arguments, **named):
        _refuse()


SocketType = socket
socketpair = fromfd = create_connection = create_server = getaddrinfo = getnameinfo = _refuse
gethostbyname = gethostbyname_ex = gethostbyaddr = getservbyname = getservbyport = getfqdn = _refuse


def gethostname():
    return "sandbox"


def getdefaulttimeout():
    return None


def setdefaulttimeout(seconds):
    pass


def inet_aton(text):
    parts = text.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and int(part) < 256 for part in parts):
        raise OSError("illegal IP address string passed to inet_aton")
    return bytes(map(int, parts))


def inet_ntoa(packed):
    if len(packed) != 4:
        raise OSError("packed IP wrong length")
    return ".".join(map(str, packed))


def inet_pton(family, text):
    if family != AF_INET:
        raise OSError("the sandbox has no network")
    return inet_aton(text)


def htons(number):
    return int.from_bytes(number.to_bytes(2, "little"), "big")


def htonl(number):
    return int.from_bytes(number.to_bytes(4, "little"), "big")


ntohs, ntohl = htons, htonl
