//! The language and its standard library: what expressions give, as CPython on a desk gives it.

use super::harness::check;

#[test]
#[rustfmt::skip]
fn numbers() {
    check(&[
        ("", "2**100", "1267650600228229401496703205376"),
        ("", "(7 // 2, -7 // 2, 7 % -3, divmod(-7, 2))", "(3, -4, -2, (-4, 1))"),
        ("", "0.1 + 0.2", "0.30000000000000004"),
        ("", "round(2.5), round(0.125, 2), round(-1.5)", "(2, 0.12, -2)"),
        ("", r#"int("ff", 16), hex(255), bin(10), oct(8)"#, "(255, '0xff', '0b1010', '0o10')"),
        ("", "1_000_000 + 0b11 + 0o17 + 0xff", "1000273"),
        ("", r#"float("1e308") * 10, -0.0, float("-inf")"#, "(inf, -0.0, -inf)"),
        ("", "(1+2j) * (3-1j)", "(5+5j)"),
        ("", "sum([0.1] * 10), sum(range(101))", "(1.0, 5050)"),
        ("", r#"int.from_bytes(b"\x01\x02", "big"), (258).to_bytes(2, "big"), (255).bit_length(), (7).bit_count()"#, r"(258, b'\x01\x02', 8, 3)"),
        ("", r#"(0.1).as_integer_ratio(), (2.5).is_integer(), float.fromhex("0x1.8p1")"#, "((3602879701896397, 36028797018963968), False, 3.0)"),
        ("", "len(str(2**20000))", "6021"),
        ("", "10**40 // 7**20, -(10**30) % 97", "(125325428941968489983696, 12)"),
        ("", "True + True, isinstance(True, int), bool([]), not 0.0", "(2, True, False, True)"),
        ("", r#"min(3, 1, 2), max("b", "a"), abs(-3), pow(3, 200, 13)"#, "(1, 'b', 3, 9)"),
    ]);
}

#[test]
#[rustfmt::skip]
fn texts() {
    check(&[
        ("", r#""Grüße"[::-1], "straße".upper(), "ẞ".lower(), "ß".casefold()"#, "('eßürG', 'STRASSE', 'ß', 'ss')"),
        ("", r#""a,b,,c".split(","), " a  b ".split(), "a\nb\r\nc".splitlines()"#, "(['a', 'b', '', 'c'], ['a', 'b'], ['a', 'b', 'c'])"),
        ("", r#""hello world".title(), "Hello".swapcase(), "x".center(5, "-"), "7".zfill(3)"#, "('Hello World', 'hELLO', '--x--', '007')"),
        ("", r#""abc".find("c"), "abc".replace("b", "BB"), "aXbX".rsplit("X", 1), "k=v=w".partition("=")"#, "(2, 'aBBc', ['aXb', ''], ('k', '=', 'v=w'))"),
        ("", r#""prefix_name".removeprefix("prefix_"), "a.py".removesuffix(".py"), "--x--".strip("-")"#, "('name', 'a', 'x')"),
        ("", r#"f"{3.14159:.2f} {1234567:,} {'x':>4} {255:#x} {0.5:%}""#, "'3.14 1,234,567    x 0xff 50.000000%'"),
        ("x = 3", r#"f"{x=} {x!r:>3} {[y for y in range(x)]}""#, "'x=3   3 [0, 1, 2]'"),
        ("", r#""%s is %d%% of %05.1f" % ("a", 5, 2.25), "{0} {b!r} {0:>3}".format(1, b="z")"#, r#"('a is 5% of 002.2', "1 'z'   1")"#),
        ("", r#""ab" in "cabd", "a" < "b" < "c", "abc".isalpha(), "²".isdigit(), "½".isnumeric()"#, "(True, True, True, True, True)"),
        ("", r#""naïve".encode("latin-1"), b"caf\xc3\xa9".decode(), "a\u0301".encode("utf-8")"#, r"(b'na\xefve', 'café', b'a\xcc\x81')"),
        ("", r#""\N{SNOWMAN}", "\U0001f600", len("👩‍👩‍👧"), ord("€"), chr(0x20ac)"#, "('☃', '😀', 5, 8364, '€')"),
        ("", r#""abc".translate(str.maketrans("ab", "xy", "c")), "a\tb".expandtabs(4)"#, "('xy', 'a   b')"),
        ("", r#"b"abc".hex(), bytes.fromhex("616263"), bytearray(b"ab") + b"c", b"a" * 3"#, "('616263', b'abc', bytearray(b'abc'), b'aaa')"),
        ("", r#""x".join(map(str, range(4))), repr("it's \"q\" \n"), ascii("é")"#, r#"('0x1x2x3', '\'it\\\'s "q" \\n\'', "'\\xe9'")"#),
    ]);
}

#[test]
#[rustfmt::skip]
fn collections_and_control() {
    check(&[
        ("", "[x * y for x in range(3) for y in range(3) if x != y]", "[0, 0, 0, 2, 0, 2]"),
        ("", r#"{k: v for k, v in zip("abc", range(3))}, {x % 3 for x in range(7)} == {0, 1, 2}"#, "({'a': 0, 'b': 1, 'c': 2}, True)"),
        ("a = [5, 3, 1]; a.sort(); a.insert(0, 9); b = a[1:]; b.reverse()", "(a, b, a[-1], a.index(3), sorted(a, reverse=True))", "([9, 1, 3, 5], [5, 3, 1], 5, 2, [9, 5, 3, 1])"),
        (r#"d = {"a": 1}; d |= {"b": 2}; d.setdefault("c", []).append(3)"#, r#"(d, list(d.items()), d.pop("a"), d.get("zz", 0), list(reversed(d)))"#, "({'b': 2, 'c': [3]}, [('a', 1), ('b', 2), ('c', [3])], 1, 0, ['c', 'b'])"),
        ("a, *b, c = range(6)", r#"(a, b, c, [*b, *"xy"], {**{"k": 1}, "k": 2})"#, "(0, [1, 2, 3, 4], 5, [1, 2, 3, 4, 'x', 'y'], {'k': 2})"),
        ("def f(a, /, b, *, c=3, **k): return (a, b, c, k)", "f(1, b=2, z=9)", "(1, 2, 3, {'z': 9})"),
        ("def gen():\n    got = yield 1\n    yield got\n    return 3\ng = gen()", r#"(next(g), g.send("in"))"#, "(1, 'in')"),
        ("def inner():\n    yield 1\n    return 2\ndef outer():\n    r = yield from inner()\n    yield r", "list(outer())", "[1, 2]"),
        ("def f(x):\n    match x:\n        case [1, *rest]: return (\"list\", rest)\n        case {\"k\": v}: return (\"dict\", v)\n        case str() as s if s: return s\n        case int() | float(): return \"number\"\n        case _: return None", r#"[f([1, 2, 3]), f({"k": 5}), f("s"), f(2.5), f(None)]"#, "[('list', [2, 3]), ('dict', 5), 's', 'number', None]"),
        ("def f():\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n        return str(e)\n    finally:\n        pass", "f()", "'division by zero'"),
        ("def f():\n    out = []\n    for i in range(3):\n        if i == 5: break\n    else:\n        out.append(\"else\")\n    while (n := len(out)) < 3: out.append(n)\n    return out", "f()", "['else', 1, 2]"),
        ("def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n        return n\n    return g\ng = f()", "(g(), g())", "(1, 2)"),
        ("try:\n    raise ExceptionGroup(\"g\", [ValueError(1), TypeError(2)])\nexcept* ValueError as e:\n    caught = e.exceptions\nexcept* TypeError:\n    pass", "caught", "(ValueError(1),)"),
        ("from contextlib import contextmanager\nlog = []\n@contextmanager\ndef cm():\n    log.append(\"in\")\n    yield 7\n    log.append(\"out\")\nwith cm() as v, cm() as w:\n    log.append(v + w)", "log", "['in', 'in', 14, 'out', 'out']"),
        ("", r#"list(map(lambda x, y: x + y, [1, 2], [3, 4])), list(filter(None, [0, 1, "", "a"])), any([]), all([])"#, "([4, 6], [1, 'a'], False, True)"),
        ("", r#"list(enumerate("ab", 1)), list(zip([1, 2], "xy", strict=True)), sorted("bca", key=lambda c: -ord(c))"#, "([(1, 'a'), (2, 'b')], [(1, 'x'), (2, 'y')], ['c', 'b', 'a'])"),
        ("", "frozenset([1, 2]) & {2, 3}, {1} ^ {2} == {1, 2}, {1} <= {1, 2}", "(frozenset({2}), True, True)"),
        ("", r#"(lambda *a, **k: (a, k))(1, *[2], **{"x": 3})"#, "((1, 2), {'x': 3})"),
        ("", "slice(1, 5, 2).indices(4), list(range(10))[7:2:-2], [1, 2, 3][-2:]", "((1, 4, 2), [7, 5, 3], [2, 3])"),
    ]);
}

#[test]
#[rustfmt::skip]
fn classes() {
    check(&[
        ("class A:\n    def __init__(self): self.x = 1\n    @property\n    def y(self): return self.x + 1\n    @classmethod\n    def make(cls): return cls()\n    @staticmethod\n    def s(): return \"s\"\nclass B(A):\n    def __init__(self):\n        super().__init__()\n        self.z = 3", "(B.make().y, A.s(), vars(B()), B.__mro__[1].__name__)", "(2, 's', {'x': 1, 'z': 3}, 'A')"),
        ("class V:\n    __slots__ = (\"a\",)\n    def __init__(self, a): self.a = a\n    def __add__(self, o): return V(self.a + o.a)\n    def __eq__(self, o): return self.a == o.a\n    def __repr__(self): return f\"V({self.a})\"\n    def __lt__(self, o): return self.a < o.a\n    def __hash__(self): return 1", "(V(1) + V(2), V(1) == V(1), sorted([V(2), V(1)]), len({V(1), V(1)}))", "(V(3), True, [V(1), V(2)], 1)"),
        ("class C:\n    def __getattr__(self, n): return n.upper()\n    def __getitem__(self, i): return i\n    def __call__(self, *a): return a\n    def __contains__(self, x): return x == 1\n    def __len__(self): return 3\n    def __bool__(self): return False", "(C().abc, C()[1:2], C()(1), 1 in C(), len(C()), bool(C()))", "('ABC', slice(1, 2, None), (1,), True, 3, False)"),
        ("class M(type):\n    def __new__(m, n, b, d): return super().__new__(m, n, b, d | {\"tag\": n})\nclass K(metaclass=M): pass", "K.tag", "'K'"),
        ("class D:\n    def __set_name__(self, o, n): self.n = n\n    def __get__(self, i, o): return self.n\nclass E:\n    attr = D()", "E().attr", "'attr'"),
        ("from dataclasses import dataclass, field, asdict, replace\n@dataclass(order=True, frozen=True)\nclass P:\n    x: int\n    y: list = field(default_factory=list, compare=False)", "(P(1), asdict(P(1, [2])), P(1) < P(2), replace(P(1), x=5))", "(P(x=1, y=[]), {'x': 1, 'y': [2]}, True, P(x=5, y=[]))"),
        ("from enum import Enum, IntEnum, Flag, auto, StrEnum\nclass C(Enum):\n    A = auto()\n    B = auto()\nclass F(Flag):\n    X = auto()\n    Y = auto()\nclass S(StrEnum):\n    K = auto()", r#"(C.A, C["B"].value, list(C), F.X | F.Y, S.K + "!")"#, "(<C.A: 1>, 2, [<C.A: 1>, <C.B: 2>], <F.X|Y: 3>, 'k!')"),
        ("from typing import NamedTuple, TypedDict, Optional, Protocol, Generic, TypeVar\nclass N(NamedTuple):\n    a: int\n    b: str = \"x\"\nT = TypeVar(\"T\")\nclass G(Generic[T]): pass", "(N(1), N(1)._asdict(), Optional[int])", "(N(a=1, b='x'), {'a': 1, 'b': 'x'}, typing.Optional[int])"),
        ("from abc import ABC, abstractmethod\nclass I(ABC):\n    @abstractmethod\n    def f(self): ...\ndef t():\n    try: I()\n    except TypeError as e: return \"abstract\" in str(e)", "t()", "True"),
        ("from functools import singledispatch\n@singledispatch\ndef f(x): return \"any\"\n@f.register\ndef _(x: int): return \"int\"", r#"(f(1), f("a"))"#, "('int', 'any')"),
    ]);
}

#[test]
#[rustfmt::skip]
fn regular_expressions() {
    check(&[
        ("import re", r#"re.findall(r"\b(\w)(\w*)\b", "ab cde f")"#, "[('a', 'b'), ('c', 'de'), ('f', '')]"),
        ("import re", r#"re.sub(r"(?P<y>\d{4})-(\d\d)", lambda m: m["y"] + "/" + m[2], "on 2024-05 or 1999-12")"#, "'on 2024/05 or 1999/12'"),
        ("import re", r#"[m.span() for m in re.finditer("a+", "caaandaab")], re.split(r"[,;]\s*", "a, b;c"), bool(re.fullmatch("a.c", "a\nc", re.S))"#, "([(1, 4), (6, 8)], ['a', 'b', 'c'], True)"),
        ("import re", r#"re.search(r"(?i)(?<=\$)\d+(?:\.\d+)?(?!\d)", "costs $12.50").group(), re.escape("a.b*"), re.match("x", "y")"#, r"('12.50', 'a\\.b\\*', None)"),
        ("import re", r#"re.compile(r"""(\d+)  # digits\n \s* (\w*)""", re.X).match("12 ab").groups(), re.sub("(a)|b", r"[\1]", "ab")"#, "(('12',), '[a][]')"),
        ("import re", r#"re.findall(r"[^\W\d_]+", "Grüße 123 naïve_x"), re.findall(r"(?>a+)b|a++c", "aab aac")"#, "(['Grüße', 'naïve', 'x'], ['aab', 'aac'])"),
    ]);
}

#[test]
#[rustfmt::skip]
fn data() {
    check(&[
        ("import json", r#"json.loads('{"a": [1, 2.5, null, true], "b": "\\u00e9"}'), json.dumps({"k": (1, None), 2: "é"}, sort_keys=False, indent=1)"#, r#"({'a': [1, 2.5, None, True], 'b': 'é'}, '{\n "k": [\n  1,\n  null\n ],\n "2": "\\u00e9"\n}')"#),
        ("import json", r#"json.dumps([1.0, 10**20, float("nan")]), json.dumps("é", ensure_ascii=False)"#, r#"('[1.0, 100000000000000000000, NaN]', '"é"')"#),
        ("import csv, io", r#"list(csv.DictReader(io.StringIO('a,b\r\n1,"x, y"\r\n')))"#, "[{'a': '1', 'b': 'x, y'}]"),
        ("import base64, binascii", r#"base64.b64encode(b"hi?>"), base64.urlsafe_b64decode("aGk_Pg=="), binascii.crc32(b"abc")"#, "(b'aGk/Pg==', b'hi?>', 891568578)"),
        ("import hashlib", r#"[hashlib.new(n, b"abc").hexdigest()[:12] for n in ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s")]"#, "['900150983cd2', 'a9993e364706', 'ba7816bf8f01', 'ddaf35a19361', '3a985da74fe2', 'ba80a53f981c', '508c5e8c327c']"),
        ("import hmac", r#"hmac.new(b"k", b"m", "sha256").hexdigest()[:16], hmac.compare_digest("a", "a")"#, "('b60090e3052297ae', True)"),
        ("import struct, array", r#"struct.pack("<IhB", 1, -2, 3), struct.unpack(">d", b"?\xf0\0\0\0\0\0\0"), array.array("i", [1, 2]).tolist()"#, r"(b'\x01\x00\x00\x00\xfe\xff\x03', (1.0,), [1, 2])"),
        ("import zlib, gzip", r#"zlib.decompress(zlib.compress(b"a" * 1000)) == b"a" * 1000, len(zlib.compress(b"a" * 1000)) < 30, gzip.decompress(gzip.compress(b"x", mtime=0))"#, "(True, True, b'x')"),
        ("import xml.etree.ElementTree as E", r#"[e.text for e in E.fromstring("<a><b>1</b><b x='y'>2</b></a>").iter("b")], E.fromstring("<a k='v'/>").attrib"#, "(['1', '2'], {'k': 'v'})"),
        ("from html.parser import HTMLParser\nimport html\nclass P(HTMLParser):\n    seen = []\n    def handle_starttag(self, t, a): self.seen.append((t, a))\np = P(); p.feed(\"<p class=x>a &amp; b<br></p>\")", r#"(p.seen, html.unescape("&lt;&eacute;&#8364;"), html.escape("<a&'"))"#, "([('p', [('class', 'x')]), ('br', [])], '<é€', '&lt;a&amp;&#x27;')"),
        ("from urllib.parse import urlparse, parse_qs, quote, urlencode, urljoin", r#"urlparse("https://u@h:8/p;x?q=1#f"), parse_qs("a=1&a=2&b="), quote("a b/ü"), urlencode({"k": "v w"}), urljoin("http://h/a/b", "../c")"#, "(ParseResult(scheme='https', netloc='u@h:8', path='/p', params='x', query='q=1', fragment='f'), {'a': ['1', '2']}, 'a%20b/%C3%BC', 'k=v+w', 'http://h/c')"),
        ("import pickle", r#"pickle.loads(pickle.dumps({"a": [1, (2, 3)], "s": {4}}))"#, "{'a': [1, (2, 3)], 's': {4}}"),
        ("import tomllib, configparser", r#"tomllib.loads('a = 1\n[t]\nb = ["x", 2.5]')"#, "{'a': 1, 't': {'b': ['x', 2.5]}}"),
        ("import uuid", r#"uuid.uuid5(uuid.NAMESPACE_DNS, "example.org"), uuid.UUID(int=5).hex"#, "(UUID('aad03681-8b63-5304-89e0-8ca8f49461b5'), '00000000000000000000000000000005')"),
        ("import ipaddress, colorsys", r#"ipaddress.ip_network("10.0.0.0/30").num_addresses, colorsys.rgb_to_hsv(1, 0, 0)"#, "(4, (0.0, 1.0, 1))"),
        ("import zipfile, io\nb = io.BytesIO()\nwith zipfile.ZipFile(b, \"w\") as z: z.writestr(\"a.txt\", \"hi\")", r#"zipfile.ZipFile(b).read("a.txt")"#, "b'hi'"),
        ("import email", r#"email.message_from_string("Subject: hi\nTo: a@b\n\nbody").get_payload()"#, "'body'"),
    ]);
}

#[test]
#[rustfmt::skip]
fn mathematics() {
    check(&[
        ("import math", "math.sqrt(2), math.pi, math.gcd(12, 18), math.comb(5, 2), math.factorial(20), math.isclose(0.1 + 0.2, 0.3), math.prod([2, 3])", "(1.4142135623730951, 3.141592653589793, 6, 10, 2432902008176640000, True, 6)"),
        ("import math", "math.log(8, 2), math.log2(8), math.log10(1000), math.exp(1), math.hypot(3, 4), math.floor(-1.5), math.ceil(1.2), math.trunc(-1.7), math.fsum([0.1] * 10)", "(3.0, 3.0, 3.0, 2.718281828459045, 5.0, -2, 2, -1, 1.0)"),
        ("import math, cmath", "math.sin(1), math.atan2(1, 2), math.erf(0.5), math.gamma(5), cmath.sqrt(-1), math.dist((0, 0), (1, 1)), math.inf > 1", "(0.8414709848078965, 0.4636476090008061, 0.5204998778130465, 24.0, 1j, 1.4142135623730951, True)"),
        ("import statistics as s", r#"s.mean([1, 2, 3, 4]), s.median([1, 3, 2]), s.stdev([1, 2, 3, 4]), s.pvariance([1, 2, 3]), s.mode("aab"), s.quantiles([1, 2, 3, 4]), s.fmean([1, 2])"#, "(2.5, 2, 1.2909944487358056, 0.6666666666666666, 'a', [1.25, 2.5, 3.75], 1.5)"),
        ("import statistics as s", "s.correlation([1, 2, 3], [2, 4, 7]), s.linear_regression([1, 2, 3], [2, 4, 6]), s.NormalDist(0, 1).cdf(1), s.geometric_mean([1, 4]), s.harmonic_mean([40, 60])", "(0.9933992677987828, LinearRegression(slope=2.0, intercept=0.0), 0.8413447460685429, 2.0, 48.0)"),
        ("from decimal import Decimal, getcontext, ROUND_HALF_UP", r#"Decimal("0.1") + Decimal("0.2"), Decimal("2.675").quantize(Decimal("0.01"), ROUND_HALF_UP), Decimal(1) / 3"#, "(Decimal('0.3'), Decimal('2.68'), Decimal('0.3333333333333333333333333333'))"),
        ("from fractions import Fraction", r#"Fraction(1, 3) + Fraction(1, 6), Fraction("0.125"), Fraction(0.5).limit_denominator()"#, "(Fraction(1, 2), Fraction(1, 8), Fraction(1, 2))"),
        ("import random", r#"random.Random(42).random(), random.Random(1).sample(range(100), 3), random.Random("x").choice("abc"), random.Random(5).gauss(0, 1)"#, "(0.6394267984578837, [17, 72, 97], 'c', -1.1788417512306717)"),
        ("import itertools as i", r#"list(i.combinations("abc", 2)), list(i.accumulate([1, 2, 3])), list(i.islice(i.count(5), 3)), list(i.pairwise("abc")), [(k, len(list(g))) for k, g in i.groupby("aab")], list(i.batched("abcd", 2)) if hasattr(i, "batched_") else 0"#, "([('a', 'b'), ('a', 'c'), ('b', 'c')], [1, 3, 6], [5, 6, 7], [('a', 'b'), ('b', 'c')], [('a', 2), ('b', 1)], 0)"),
    ]);
}

#[test]
#[rustfmt::skip]
fn helpers() {
    check(&[
        ("from collections import Counter, defaultdict, deque, OrderedDict, ChainMap, namedtuple\nc = Counter(\"abca\"); d = defaultdict(list); d[\"x\"].append(1); q = deque([1, 2, 3], maxlen=2)", r#"(c.most_common(1), dict(d), q, ChainMap({"a": 1}, {"b": 2})["b"], namedtuple("P", "x y")(1, 2), c - Counter("a"))"#, "([('a', 2)], {'x': [1]}, deque([2, 3], maxlen=2), 2, P(x=1, y=2), Counter({'a': 1, 'b': 1, 'c': 1}))"),
        ("import functools", r#"functools.reduce(lambda a, b: a * b, [1, 2, 3, 4]), functools.partial(int, base=2)("101")"#, "(24, 5)"),
        ("import functools\n@functools.lru_cache\ndef fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)", "(fib(80), fib.cache_info().hits)", "(23416728348467685, 78)"),
        ("import difflib", r#"round(difflib.SequenceMatcher(None, "hello world", "hallo welt").ratio(), 4), difflib.get_close_matches("appel", ["ape", "apple"]), list(difflib.unified_diff(["a"], ["b"], lineterm=""))"#, "(0.6667, ['apple', 'ape'], ['--- ', '+++ ', '@@ -1 +1 @@', '-a', '+b'])"),
        ("import textwrap, string", r#"textwrap.wrap("aa bb cc dd", 5), textwrap.dedent("  a\n   b"), textwrap.shorten("hello big world", 11), string.Template("$a-${b}").substitute(a=1, b=2), string.capwords("ab cd")"#, r"(['aa bb', 'cc dd'], 'a\n b', 'hello [...]', '1-2', 'Ab Cd')"),
        ("import unicodedata", r#"unicodedata.normalize("NFD", "é").encode(), unicodedata.category("A"), unicodedata.name("é"), unicodedata.east_asian_width("字")"#, r"(b'e\xcc\x81', 'Lu', 'LATIN SMALL LETTER E WITH ACUTE', 'W')"),
        ("from datetime import datetime, timedelta, timezone, date", r#"datetime(2024, 2, 28, tzinfo=timezone.utc) + timedelta(days=2), date.fromisoformat("2024-05-06").isocalendar(), datetime.strptime("06 May 2024", "%d %b %Y").weekday(), datetime.fromisoformat("2024-05-06T07:08:09+02:00").timestamp(), datetime(2024, 1, 2).strftime("%A %j")"#, "(datetime.datetime(2024, 3, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.IsoCalendarDate(year=2024, week=19, weekday=1), 0, 1714972089.0, 'Tuesday 002')"),
        ("from zoneinfo import ZoneInfo\nfrom datetime import datetime", r#"datetime(2024, 7, 1, 12, tzinfo=ZoneInfo("Europe/Berlin")).isoformat(), datetime(2024, 1, 1, tzinfo=ZoneInfo("America/New_York")).utcoffset(), ZoneInfo("UTC").key"#, "('2024-07-01T12:00:00+02:00', datetime.timedelta(days=-1, seconds=68400), 'UTC')"),
        ("import bisect, heapq", "bisect.bisect([1, 3, 5], 3), heapq.nsmallest(2, [3, 1, 2]), list(heapq.merge([1, 4], [2, 3]))", "(2, [1, 2], [1, 2, 3, 4])"),
        ("import copy", r#"copy.deepcopy({"a": [1]}), copy.copy([1])"#, "({'a': [1]}, [1])"),
        ("import ast", r#"ast.literal_eval("{'a': [1, (2,)]}"), ast.dump(ast.parse("x+1", mode="eval").body), ast.unparse(ast.parse("a  =  1"))"#, r#"({'a': [1, (2,)]}, "BinOp(left=Name(id='x', ctx=Load()), op=Add(), right=Constant(value=1))", 'a = 1')"#),
        ("import inspect\ndef f(a, b=1, *c, d, **e): pass", "str(inspect.signature(f)), inspect.isfunction(f)", "('(a, b=1, *c, d, **e)', True)"),
        ("import shlex, fnmatch, posixpath, pathlib", r#"shlex.split("a 'b c' d"), fnmatch.fnmatch("a.py", "*.py"), posixpath.join("a", "b"), pathlib.PurePath("a/b.txt").stem, pathlib.Path("/x") / "y""#, "(['a', 'b c', 'd'], True, 'a/b', 'b', PosixPath('/x/y'))"),
        ("import graphlib, operator, types, weakref, reprlib, pprint", r#"list(graphlib.TopologicalSorter({"b": {"a"}}).static_order()), operator.itemgetter(1)([5, 6]), types.SimpleNamespace(a=1), reprlib.repr(list(range(100))), pprint.pformat({"b": 1, "a": 2})"#, r#"(['a', 'b'], 6, namespace(a=1), '[0, 1, 2, 3, 4, 5, ...]', "{'a': 2, 'b': 1}")"#),
        ("import queue, threading\nq = queue.Queue(); q.put(1)\nwith threading.Lock(): pass", "(q.get(), threading.current_thread().name)", "(1, 'MainThread')"),
        ("import asyncio\nasync def g(n):\n    await asyncio.sleep(n)\n    return n\nasync def main():\n    return await asyncio.gather(g(2), g(1))", "asyncio.run(main())", "[2, 1]"),
        ("import io, contextlib\nb = io.StringIO()\nwith contextlib.redirect_stdout(b): print(\"x\", 1, sep=\"-\")", "b.getvalue()", r"'x-1\n'"),
        ("import traceback\ndef f():\n    try: 1 / 0\n    except Exception: return traceback.format_exc().splitlines()[-1]", "f()", "'ZeroDivisionError: division by zero'"),
        ("import tokenize, io, keyword", r#"[t.string for t in tokenize.generate_tokens(io.StringIO("a = 1").readline)][:3], keyword.iskeyword("if")"#, "(['a', '=', '1'], True)"),
        ("import warnings, logging\nwith warnings.catch_warnings(record=True) as w:\n    warnings.simplefilter(\"always\")\n    warnings.warn(\"careful\")", r#"(str(w[0].message), logging.getLogger("x").getEffectiveLevel())"#, "('careful', 30)"),
        ("", r#"eval("1 + 1"), exec("y = 5") or 1, compile("2*3", "x", "eval").co_name, globals()["__builtins__"] is not None, callable(len), type(3).__name__"#, "(2, 1, '<module>', True, True, 'int')"),
        ("", r#"hash("a") == hash("a"), id(1) == id(1), sorted({"b": 1, "a": 2}), isinstance(3, (int, str)), issubclass(bool, int), getattr(3, "real"), vars(type("T", (), {"a": 1}))["a"]"#, "(True, True, ['a', 'b'], True, True, 3, 1)"),
        ("import calendar, time, locale", r#"calendar.monthrange(2024, 2)[1], time.strftime("%Y-%m-%d", time.gmtime(86400)), locale.atof("1.5")"#, "(29, '1970-01-02', 1.5)"),
        ("import secrets, tempfile, importlib", r#"len(secrets.token_hex(8)), importlib.import_module("math").floor(2.5)"#, "(16, 2)"),
        ("import argparse\np = argparse.ArgumentParser(); p.add_argument(\"--n\", type=int)", r#"p.parse_args(["--n", "3"]).n"#, "3"),
        ("import unittest\nclass T(unittest.TestCase):\n    def test(self): self.assertEqual(1, 1)", r#"unittest.TestResult() is not None and T("test").run().wasSuccessful()"#, "True"),
    ]);
}
