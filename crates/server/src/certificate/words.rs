//! What a certificate says, in both languages.

use chrono::{DateTime, Datelike, Utc};
use store::Certificate;

use super::Language;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The sentences of one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    pub title: &'static str,
    pub above: &'static str,
    pub name: String,
    pub below: Vec<String>,
    pub issued: String,
    pub check: String,
    pub code: String,
    /// Said where a sign of the name could not be set.
    pub missing: &'static str,
}

pub(super) fn words(certificate: &Certificate, site: &str, language: Language) -> Words {
    let name = certificate.display_name.clone();
    let (first, last) = (date(certificate.first_at, language), date(certificate.last_at, language));
    let issued = date(certificate.issued_at, language);
    let images = grouped(certificate.images);
    let candidates = grouped(certificate.candidates);
    let place = format!("{}/certificate", site.trim_end_matches('/'));
    match language {
        Language::English => Words {
            title: "Certificate of participation",
            above: "This is to say with thanks that",
            name,
            below: [
                Some(format!(
                    "looked at {images} {} of the sky in Lensfinder and said of each whether it shows a \
                     gravitational lens, {}.",
                    if certificate.images == 1 { "image" } else { "images" },
                    if first == last { format!("on {first}") } else { format!("from {first} to {last}") }
                )),
                (certificate.candidates > 0).then(|| match certificate.candidates {
                    1 => "One image that they marked as a lens has become a candidate.".to_owned(),
                    _ => format!("{candidates} images that they marked as lenses have become candidates."),
                }),
            ]
            .into_iter()
            .flatten()
            .collect(),
            issued: format!("Issued on {issued}"),
            check: format!("Anybody can check it at {place}"),
            code: format!("Code {}", certificate.code),
            missing: "The fonts of this server lack some signs of the name; they are shown as “?”.",
        },
        Language::Chinese => Words {
            title: "参与证书",
            above: "谨此致谢并证明",
            name,
            below: [
                Some(format!(
                    "{}在 Lensfinder 查看了 {images} 幅星空图像，并逐一判断其中是否有引力透镜。",
                    if first == last { format!("于{first}") } else { format!("自{first}至{last}，") }
                )),
                (certificate.candidates > 0)
                    .then(|| format!("其标记为透镜的图像中，已有 {candidates} 幅成为候选体。")),
            ]
            .into_iter()
            .flatten()
            .collect(),
            issued: format!("颁发日期：{issued}"),
            check: format!("任何人均可在此核验：{place}"),
            code: format!("核验码 {}", certificate.code),
            missing: "本服务器的字体缺少姓名中的个别字，以“?”代替。",
        },
    }
}

/// A day (UTC) as it is written.
fn date(at: DateTime<Utc>, language: Language) -> String {
    let (year, month, day) = (at.year(), at.month(), at.day());
    match language {
        Language::English => format!("{day} {} {year}", MONTHS[at.month0() as usize]),
        Language::Chinese => format!("{year}年{month}月{day}日"),
    }
}

/// With a comma after every three digits, as both languages have it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_days_are_written_as_people_write_them() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        let at: DateTime<Utc> = "2026-03-01T23:59:59Z".parse().expect("a time");
        assert_eq!(date(at, Language::English), "1 March 2026");
        assert_eq!(date(at, Language::Chinese), "2026年3月1日");
    }
}
