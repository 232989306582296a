"""Compiles everything in Python that goes into the guest, and packs it into one file that guest.c embeds.

    python -X no_debug_ranges pack.py CPYTHON LIBRARY BOOT ZONES OUT

Run by the native build of the same CPython, whose bytecode is the guest's. Docstrings and columns are left out: nobody
reads them in the sandbox, and they are a good part of the library.
"""

import ast
import marshal
import pathlib
import sys

# What a sandbox can't do, what looks into the interpreter itself, what is no use without a terminal, and modules whose
# task another one does in C.
LEFT_OUT = """
__hello__ __phello__ _aix_support _android_support _apple_support _ios_support _osx_support _pydatetime
_pydecimal _pyio _pyrepl antigravity bdb bz2 cProfile cmd code codeop compileall ctypes curses dbm
doctest ensurepip filecmp ftplib idlelib imaplib lzma mailbox modulefinder multiprocessing netrc nturl2path pdb
pickletools poplib profile pstats pty py_compile pyclbr pydoc pydoc_data rlcompleter shelve site smtplib socketserver
sqlite3 sre_compile sre_constants sre_parse ssl tabnanny tarfile test this tkinter trace tracemalloc tty turtle
turtledemo venv webbrowser wsgiref xmlrpc zipapp
asyncio/proactor_events asyncio/windows_events asyncio/windows_utils asyncio/__main__
concurrent/futures/process
http/cookiejar http/cookies http/server
json/tool
unittest/__main__
xml/sax xml/dom
zipfile/__main__
""".split()

# Encodings that texts on the web have; the others are tables for machines that are gone.
ENCODINGS = """
__init__ aliases ascii base64_codec charmap cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp850
hex_codec idna iso8859_1 iso8859_15 iso8859_2 iso8859_5 iso8859_7 iso8859_9 koi8_r koi8_u latin_1 mac_roman punycode
quopri_codec raw_unicode_escape rot_13 undefined unicode_escape utf_16 utf_16_be utf_16_le utf_32 utf_32_be utf_32_le
utf_7 utf_8 utf_8_sig zlib_codec
""".split()


def main():
    cpython, library, boot, zones, out = map(pathlib.Path, sys.argv[1:])
    sources = {name: path for name, path in modules(cpython / "Lib").items() if is_kept(name)}
    # Ours stand in for CPython's.
    sources |= modules(library)
    packed = bytearray()
    for name, path in sorted(sources.items()):
        packed += record(name, path, "/lib")
    zone_files = [path for path in sorted(zones.rglob("*")) if path.is_file() and path.read_bytes()[:4] == b"TZif"]
    packed += entry("zones", marshal.dumps(zone_table(zones, zone_files)), DATA)
    # Last, so that they can be cut off when they have been imported.
    for name, path in sorted(modules(boot).items()):
        packed += record(f"boot/{name}", path, "")
    out.write_bytes(packed)


# What a record holds.
MODULE, PACKAGE, DATA = range(3)


def record(name, path, folder):
    """A module, compiled."""
    file = f"{folder}/{name}.py"
    code = compile(without_docstrings(ast.parse(path.read_bytes(), file)), file, "exec", dont_inherit=True)
    package = path.name == "__init__.py"
    return entry(name.removesuffix("/__init__").replace("/", "."), marshal.dumps(code), PACKAGE if package else MODULE)


def entry(name, data, kind):
    """Size, kind and name, then the content: see `open_archive` in guest.c."""
    head = name.encode() + b"\0"
    return len(data).to_bytes(4, "little") + bytes((kind, len(head))) + head + data


def zone_table(folder, files):
    """The time zones by name. Many names stand for the same zone."""
    distinct = {}
    table = {}
    for path in files:
        data = path.read_bytes()
        table[path.relative_to(folder).as_posix()] = distinct.setdefault(data, data)
    return table


def modules(folder):
    """The sources within a folder by their path without ending."""
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in folder.rglob("*.py")}


def is_kept(name):
    parts = name.split("/")
    if any("/".join(parts[: length + 1]) in LEFT_OUT for length in range(len(parts))):
        return False
    return parts[0] != "encodings" or parts[1] in ENCODINGS


def without_docstrings(tree):
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            if ast.get_docstring(node, clean=False) is not None:
                node.body[0].value = ast.copy_location(ast.Constant(None), node.body[0].value)
    return tree


main()
