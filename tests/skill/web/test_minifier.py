"""Scripts and styles as they are sent: shorter, and the same to a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skill.web.minifier import minify_page, minify_script, minify_style

STATIC = Path(__file__).parents[3] / "skill" / "web" / "static"


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        ("const a = 1; // one\nlet  b = a;\n", "const a=1;let b=a;"),
        (
            "/** Doc. */\nexport function f(x, y) {\n  return x - y;\n}\nf();",
            "export function f(x,y){return x-y}\nf();",
        ),
        ("let a = {}\nlet b = a\nf()", "let a={}\nlet b=a\nf()"),  # ends of lines that end statements
        ('say("// no  comment", \'a " b\');', 'say("// no  comment",\'a " b\');'),
        ("say(`a  ${b ? `c ; ${d}` : { e: 1 }.e} // f`);", "say(`a  ${b ? `c ; ${d}` : { e: 1 }.e} // f`);"),
        ('let r = /[/"]  x\\//g.test(a) ;', 'let r=/[/"]  x\\//g.test(a);'),
        ("return /a b/ .test(x)", "return/a b/.test(x)"),
        ("let q = a / b / c; let d = (a) / 2; // e / f", "let q=a/b/c,d=(a)/2;"),
        ("a + +b - -c; i++\n++j", "a+ +b- -c;i++\n++j"),
        ("if (x)\n  y();\nelse z()", "if(x)\ny();else z()"),
        ("const привет = ё in ю;", "const привет=ё in ю;"),
        ("a /* one\ntwo */ b", "a\nb"),
        ("f(async (a) => b, (c) => (d) => e, (g, h) => 1)", "f(async a=>b,c=>d=>e,(g,h)=>1)"),
        ("return (a) => b", "return a=>b"),
        ("{ f(); }", "{f()}"),
        ("const a = 1; // one\nconst {b} = c; let d;\nlet e;", "const a=1,{b}=c;let d,e;"),
        ("const f = (a) => { let b; let c; g(b); let d; };\nconst h = 1;", "const f=a=>{let b,c;g(b);let d},h=1;"),
        ("const a = {}\nf(); const b = 1;", "const a={}\nf();const b=1;"),  # there something is between
        (
            "const a = 1; if (a) f(); const b = 2; export const c = 3; const d = 4;",
            "const a=1;if(a)f();const b=2;export const c=3;const d=4;",
        ),
        ("{ while (f()); }{ for (;;) ; }", "{while(f());}{for(;;);}"),  # there they are the statement
    ],
)
def test_what_is_sent_means_the_same(source: str, sent: str) -> None:
    assert minify_script(source) == sent


def test_a_text_without_an_end_is_an_error() -> None:
    with pytest.raises(ValueError, match="without an end"):
        minify_script('say("Привет);')


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_spaces_alone_go_from_the_pages_scripts(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    sent = minify_script(source)
    assert len(sent) < 0.95 * len(source)
    assert minify_script(sent) == sent
    code = re.sub(r"(?m)(?:^|\s)//.*$|/\*[\s\S]*?\*/", "", source)
    bare = re.compile(r"[\s()]|;(?=\s*})")
    sent, code = (re.sub(r";(?:const|let)", ",", bare.sub("", text)) for text in (sent, code))
    assert sent == code  # spaces, brackets of single parameters, semicolons before braces, words of declarations


def test_a_style_keeps_what_its_spaces_mean() -> None:
    style = "/* all */ .a > .b ~ p, .c .d { margin: 0 auto; width: calc(1px + 2em); }\n@media (x: y) { a { b: c; } }"
    assert minify_style(style) == ".a>.b~p,.c .d{margin:0 auto;width:calc(1px + 2em)}@media (x:y){a{b:c}}"


def test_a_page_keeps_its_words_and_its_attributes() -> None:
    page = (
        '<p id="a" class="b c">Раз <b>два</b>\n и</p>\n<input type="file" id="{{ x }}" value="d" alt="d" width="9">\n'
    )
    sent = '<p id=a class="b c">Раз <b>два</b>\n и</p><input type=file id="{{ x }}" value=d alt="d" width=9>\n'
    assert minify_page(page) == sent
