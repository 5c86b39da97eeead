//! Snapshots of every rendering of one fixed report, and what no snapshot should have to catch.

use super::{sample::report, *};

#[test]
fn the_terminal_shows_the_tables() {
    insta::assert_snapshot!(text(&report(), Paint::Plain));
}

#[test]
fn the_page_shows_the_same_numbers() {
    insta::assert_snapshot!(html(&report()).unwrap());
}

#[test]
fn the_json_holds_all_that_is_shown() {
    let written = json(&report()).unwrap();
    let read: Report = serde_json::from_str(&written).unwrap();
    assert_eq!(html(&read).unwrap(), html(&report()).unwrap());
    assert_eq!(text(&read, Paint::Plain), text(&report(), Paint::Plain));
    assert!(written.ends_with("}\n") && json(&report()).unwrap() == written);
}

#[test]
fn no_line_of_the_terminal_is_wider_than_the_widest_table_needs() {
    let longest = text(&report(), Paint::Plain).lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(120), "{longest:?}");
}

#[test]
fn colour_comes_only_where_it_is_asked_for() {
    assert!(!text(&report(), Paint::Plain).contains('\u{1b}'));
    assert!(text(&report(), Paint::Colour).contains('\u{1b}'));
    let for_output =
        |is_terminal, no_color: Option<&str>| Paint::for_output(is_terminal, no_color.map(AsRef::as_ref));
    assert_eq!(for_output(true, None), Paint::Colour);
    assert_eq!(for_output(true, Some("")), Paint::Colour);
    assert_eq!(for_output(true, Some("1")), Paint::Plain);
    assert_eq!(for_output(false, None), Paint::Plain);
}

#[test]
fn every_rendering_says_first_that_it_is_simulated() {
    for rendering in [text(&report(), Paint::Plain), html(&report()).unwrap()] {
        let told = rendering.find("are simulated").unwrap();
        let first_table = rendering.find("Completeness").unwrap();
        assert!(told < first_table);
    }
}

#[test]
fn the_page_needs_nothing_else_and_runs_nothing() {
    let mut hostile = report();
    hostile.title = "<script>alert(1)</script>".to_owned();
    hostile.real[0].set = "\"><img src=x>".to_owned();
    let page = html(&hostile).unwrap();
    assert!(!page.contains("<script") && !page.contains("<img"));
    for outside in ["src=\"", "url(", "@import", "http-equiv=\"refresh", "<link"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn a_report_without_rounds_or_real_images_is_still_a_page() {
    let mut empty = report();
    empty.arms.clear();
    empty.real.clear();
    empty.caveats.clear();
    empty.wall_times.clear();
    assert!(html(&empty).unwrap().contains("In short"));
    assert!(text(&empty, Paint::Plain).contains("seed 7"));
}

/// Contrast ratio of WCAG 2.2 between two `#rrggbb` colours.
fn contrast(a: &str, b: &str) -> f64 {
    let luminance = |colour: &str| {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn both_themes_have_enough_contrast() {
    let style = figures::STYLE;
    let (light, dark) = style.split_once("@media (prefers-color-scheme: dark)").unwrap();
    for theme in [light, dark] {
        let token = |name: &str| {
            let after = theme.split(&format!("--{name}: ")).nth(1).unwrap();
            &after[..7]
        };
        for ground in ["page", "surface"] {
            for words in ["ink", "ink-soft", "action", "lens"] {
                let ratio = contrast(token(words), token(ground));
                assert!(ratio >= 4.5, "{words} on {ground}: {ratio:.2}");
            }
            let ratio = contrast(token("line-strong"), token(ground));
            assert!(ratio >= 3.0, "lines on {ground}: {ratio:.2}");
        }
        assert!(contrast(token("ink"), token("lens-soft")) >= 7.0);
    }
}
