"""Pages as hostile as they come, for tests of what shows them to people."""

from __future__ import annotations

from support.newspaper import BODY

KEY = "a-key-of-this-test"
SCRIPT = "<script>document.title = 'stolen'</script>"
TITLE = "Ярмарок &lt;script&gt;document.title='stolen'&lt;/script&gt; \u202eнавпаки"
HOSTILE = (
    f"<html lang=uk><head><title>{TITLE}</title><base href=//evil.example/>"
    "<meta http-equiv=refresh content='0;url=//evil.example/'><link rel=stylesheet href=//evil.example/a.css></head>"
    f"<body onload=\"document.title='stolen'\"><article><h1>{TITLE}</h1>{SCRIPT}"
    "<img src=//evil.example/a.png alt='Ярмарок'><iframe src=//evil.example/></iframe>"
    "<a href=\"javascript:document.title='stolen'\" ping=//evil.example/>тут</a>"
    "<div style='background: url(//evil.example/b.png)'>Небо.</div>"
    f"{BODY}<p>На ярмарку продавали &lt;img src=x onerror=alert(1)&gt; і мед з трьох пасік за селом.</p>"
    f"<p>{'Довгийрядокбезжодногопробілу' * 900} {'слово ' * 900}</p></article>"
)
