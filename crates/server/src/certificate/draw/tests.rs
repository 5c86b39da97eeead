//! A certificate opened again by a reader that knows nothing of how it was made.

use lopdf::{Dictionary, Document, Object};

use super::*;

fn certificate(name: &str) -> Certificate {
    let at = |text: &str| text.parse().expect("a time");
    Certificate {
        code: "7K2M-0QXV-94TD".to_owned(),
        display_name: name.to_owned(),
        images: 1_204,
        candidates: 31,
        first_at: at("2026-03-01T10:00:00Z"),
        last_at: at("2026-11-20T10:00:00Z"),
        issued_at: at("2026-11-21T09:30:00Z"),
    }
}

fn drawn(name: &str, language: Language) -> Vec<u8> {
    draw(&certificate(name), "https://lens.example.org/", language).expect("a certificate")
}

/// The text of its one page, without blanks: where lines break does not matter.
fn text(bytes: &[u8]) -> String {
    let document = Document::load_mem(bytes).expect("a PDF");
    assert_eq!(document.get_pages().len(), 1);
    let text = document.extract_text(&[1]).expect("its text");
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn a_certificate_says_the_same_when_it_is_opened_again() {
    let english = text(&drawn("Mei Ling", Language::English));
    for words in [
        "Certificateofparticipation",
        "MeiLing",
        "1,204images",
        "from1March2026to20November2026",
        "31images",
        "Issuedon21November2026",
        "7K2M-0QXV-94TD",
        "https://lens.example.org/certificate",
    ] {
        assert!(english.contains(words), "{words} is not in {english}");
    }
    let chinese = text(&drawn("王贞仪", Language::Chinese));
    for words in
        ["参与证书", "王贞仪", "1,204幅星空图像", "自2026年3月1日至2026年11月20日", "31幅", "7K2M-0QXV-94TD"]
    {
        assert!(chinese.contains(words), "{words} is not in {chinese}");
    }
    assert!(text(&drawn("王贞仪", Language::English)).contains("王贞仪"), "a Chinese name on English paper");
}

#[test]
fn fonts_are_embedded_as_subsets_and_the_page_is_tagged() {
    let bytes = drawn("王贞仪", Language::Chinese);
    assert!(bytes.len() < 60_000, "{} bytes: the whole font has 825 kB", bytes.len());
    let document = Document::load_mem(&bytes).expect("a PDF");
    let is = |dictionary: &&Dictionary, kind: &[u8]| {
        dictionary.get(b"Type").and_then(Object::as_name).is_ok_and(|name| name == kind)
    };
    let all: Vec<&Dictionary> =
        document.objects.values().filter_map(|object| object.as_dict().ok()).collect();
    let fonts: Vec<_> = all.iter().filter(|dictionary| is(dictionary, b"FontDescriptor")).collect();
    assert!(!fonts.is_empty());
    for font in fonts {
        assert!(font.has(b"FontFile3") || font.has(b"FontFile2"), "{font:?}");
        let name = font.get(b"FontName").and_then(Object::as_name).expect("a name");
        assert_eq!(name.get(6), Some(&b'+'), "six letters and a plus mark a subset");
    }
    let catalog = document.catalog().expect("a catalog");
    assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"Lang"), "{catalog:?}");
}

#[test]
fn the_same_certificate_is_the_same_file() {
    assert_eq!(drawn("Émile", Language::English), drawn("Émile", Language::English));
}

#[test]
fn a_name_that_no_font_can_set_says_so() {
    let text = text(&drawn("x \u{10fffd}", Language::English));
    assert!(text.contains("x?") && text.contains("lacksomesigns"), "{text}");
}

#[test]
fn the_longest_name_fits_the_page() {
    for name in ["王".repeat(40), "W".repeat(40), String::new()] {
        drawn(&name, Language::Chinese);
    }
}
