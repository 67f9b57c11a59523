"""Ways to run a script in the page of a submission. Each tells the browser's operator its own name if it runs."""

import base64
from typing import Any
from urllib.parse import quote

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell


def _js(name: str) -> str:
    """What a payload does, without a blank, a quote or a character that markdown would read."""
    return f"mark(/{name}/.source)"


# RUN stands for the script. Each works as HTML, wherever HTML is let through.
HTML = {
    "script": "<script>RUN</script>",
    "script-upper": "<SCRIPT >RUN</SCRIPT>",
    "script-slash": "<script/x>RUN</script>",
    "script-module": "<script type=module>RUN</script>",
    "script-data": "<script src='data:text/javascript,RUN'></script>",
    "script-in-svg": "<svg><script>RUN</script></svg>",
    "script-split": "<scr<script></script>ipt>RUN</script><script>RUN</script>",
    "img-error": "<img src=x: onerror=RUN>",
    "img-quoted": '<img src="x:" onerror="RUN">',
    "img-slash": "<img/src='x:'/onerror=RUN>",
    "img-newline": "<img\nsrc=x:\nonerror=RUN>",
    "img-entity": "<img src=x: onerror='&#109;ath=0;RUN'>",
    "img-in-title": "<b title='</b><img src=x: onerror=RUN>'>a</b><img src=x: onerror=RUN>",
    "img-after-comment": "<!--><img src=x: onerror=RUN>-->",
    "img-after-bang": "<!--!><img src=x: onerror=RUN>--!><img src=x: onerror=RUN>",
    "img-after-cdata": "<![CDATA[><img src=x: onerror=RUN>]]>",
    "img-after-style": "<style></style><img src=x: onerror=RUN>",
    "img-in-noscript": "<noscript><p title='</noscript><img src=x: onerror=RUN>'></noscript>",
    "img-in-svg": "<svg><desc><img src=x: onerror=RUN></desc></svg>",
    "img-in-table": "<table><tr><img src=x: onerror=RUN></tr></table>",
    "img-in-select": "<select><img src=x: onerror=RUN></select><img src=x: onerror=RUN>",
    "img-in-xmp": "<xmp><p title='</xmp><img src=x: onerror=RUN>'></xmp>",
    "img-load": "<img onload=RUN src='data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=='>",
    "image-tag": "<image src=x: onerror=RUN>",
    "svg-load": "<svg onload=RUN></svg>",
    "svg-animate": "<svg><animate onbegin=RUN attributeName=x dur=1s></svg>",
    "svg-set": "<svg><set onbegin=RUN attributeName=x></svg>",
    "svg-link": "<svg><a xlink:href='javascript:void(RUN)'><text y=20>a</text></a></svg>",
    "body": "<body onload=RUN onfocus=RUN><img src=x: onerror=RUN>",
    "audio": "<audio src=x: onerror=RUN></audio>",
    "video-source": "<video><source onerror=RUN src=x:></video>",
    "object": "<object data=x: onerror=RUN></object><img src=x: onerror=RUN>",
    "iframe-srcdoc": "<iframe srcdoc='<script>RUN</script>'></iframe>",
    "iframe-js": "<iframe src='javascript:void(RUN)'></iframe>",
    "iframe-load": "<iframe onload=RUN></iframe>",
    "link-js": "<a href='javascript:void(RUN)'>a</a>",
    "link-entity": "<a href='&#106;avascript:void(RUN)'>a</a>",
    "link-tab": "<a href='java&Tab;script:void(RUN)'>a</a>",
    "link-newline": "<a href='java\nscript:void(RUN)'>a</a>",
    "link-upper": "<a href=' JaVaScRiPt:void(RUN)'>a</a>",
    "link-control": "<a href='&#1;javascript:void(RUN)'>a</a>",
    "click": "<b onclick=RUN>a</b>",
    "over": "<p onmouseover=RUN>a</p>",
    "enter": "<p onmouseenter=RUN>a</p>",
    "pointer": "<div onpointerenter=RUN>a</div>",
    "focus": "<input autofocus onfocus=RUN>",
    "focus-any": "<p tabindex=0 onfocus=RUN>a</p>",
    "key": "<p contenteditable onkeydown=RUN>a</p>",
    "wheel": "<p onwheel=RUN>a</p>",
    "copy": "<p oncopy=RUN>a</p>",
    "toggle": "<details open ontoggle=RUN><summary>a</summary></details>",
    "animation": "<style>@keyframes z{from{color:red}}</style><p style='animation:z 1s' onanimationstart=RUN>a</p>",
    "form": "<form onsubmit=RUN><button>a</button></form>",
    "marquee": "<marquee onstart=RUN onmouseover=RUN>a</marquee>",
    "custom-tag": "<x-y onclick=RUN>a</x-y>",
}  # fmt: skip
_MARKDOWN_ESCAPES = {"shown.img-slash"} | {
    f"markdown.{name}" for name in ("img-slash", "img-in-noscript", "img-in-xmp")
}


def _html(place: str) -> dict[str, str]:
    return {f"{place}.{name}": code.replace("RUN", _js(f"{place}.{name}")) for name, code in HTML.items()}


def _image(name: str) -> str:
    return f"<img src=x: onerror={_js(name)}>"


def _shows(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> NotebookNode:
    return new_code_cell(f"from IPython.display import display\ndisplay({data!r}, raw=True, metadata={metadata!r})")


_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/q842iQAAAABJRU5ErkJggg=="


def _special() -> dict[str, NotebookNode]:
    """Payloads that need more than HTML."""
    isolated = f"<script>{_js('html.isolated')}</script>{_image('html.isolated')}"
    return {
        "javascript.plain": _shows({"application/javascript": f"{_js('javascript.plain')}"}),
        "png.width": _shows({"image/png": _PNG}, {"image/png": {"width": f"1 onload={_js('png.width')}"}}),
        "png.height": _shows({"image/png": _PNG}, {"height": f"1 onload={_js('png.height')}"}),
        "jpeg.width": _shows({"image/jpeg": _PNG}, {"image/jpeg": {"width": f"1 onload={_js('jpeg.width')}"}}),
        "html.isolated": _shows({"text/html": isolated}, {"text/html": {"isolated": True}}),
        "markdown.link": new_markdown_cell(f"[a](javascript:void({quote(_js('markdown.link'), safe='')}))"),
        "markdown.auto": new_markdown_cell(f"<javascript:void({_js('markdown.auto')})>"),
        "markdown.reference": new_markdown_cell(f"[a][b]\n\n[b]: <javascript:void({_js('markdown.reference')})>"),
        "markdown.heading": new_markdown_cell(f"# a {_image('markdown.heading')}"),
        "markdown.table": new_markdown_cell(f"|a|\n|-|\n|{_image('markdown.table').replace('|', chr(92) + '|')}|"),
        "markdown.mermaid": new_markdown_cell(f"```mermaid\n</pre>{_image('markdown.mermaid')}\n```"),
        "markdown.frame": new_markdown_cell(
            "<iframe src='data:text/html;base64,"
            + base64.b64encode(_image("markdown.frame").encode()).decode()
            + f"' onload='{_js('markdown.frame')}'></iframe>"
        ),
    }  # fmt: skip


def hostile_cells() -> dict[str, NotebookNode]:
    """A cell for each payload, by the payload's name. Every one runs on a page that doesn't protect itself."""
    cells = {name: _shows({"text/html": code}) for name, code in _html("html").items()}
    cells |= {name: _shows({"text/markdown": code}) for name, code in _html("shown").items()}
    cells |= {name: new_markdown_cell(code) for name, code in _html("markdown").items()}
    cells |= _special()
    return {name: cell for name, cell in cells.items() if name not in _MARKDOWN_ESCAPES}
