//! The cards of one header, read leniently: a card that makes no sense is
//! passed over, since only a few keywords matter here.

/// Bytes of a card.
const CARD: usize = 80;

/// The value of a card.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Logical(bool),
    Integer(i64),
    Real(f64),
    Text(String),
}

/// Keywords and values in file order; of a repeated keyword the first counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Header {
    pub cards: Vec<(String, Value)>,
}

impl Header {
    /// Reads cards up to END; `None` when END does not come. Also gives the number of cards read.
    pub(super) fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let mut header = Self::default();
        for (index, card) in bytes.chunks_exact(CARD).enumerate() {
            if card.starts_with(b"END     ") {
                return Some((header, index + 1));
            }
            header.cards.extend(parse_card(card));
        }
        None
    }

    pub(super) fn get(&self, keyword: &str) -> Option<&Value> {
        self.cards.iter().find(|(name, _)| name == keyword).map(|(_, value)| value)
    }

    pub(super) fn integer(&self, keyword: &str) -> Option<i64> {
        match self.get(keyword)? {
            Value::Integer(value) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn real(&self, keyword: &str) -> Option<f64> {
        match self.get(keyword)? {
            Value::Integer(value) => Some(*value as f64),
            Value::Real(value) => Some(*value),
            Value::Logical(_) | Value::Text(_) => None,
        }
    }

    pub(super) fn text(&self, keyword: &str) -> Option<&str> {
        match self.get(keyword)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_true(&self, keyword: &str) -> bool {
        self.get(keyword) == Some(&Value::Logical(true))
    }
}

fn parse_card(card: &[u8]) -> Option<(String, Value)> {
    let text: String = card.iter().map(|&byte| if byte.is_ascii() { byte as char } else { '?' }).collect();
    let (name, value) = match text.strip_prefix("HIERARCH ") {
        Some(long) => long.split_once('=')?,
        None => (text.get(..8)?, text.get(8..)?.strip_prefix("= ")?),
    };
    Some((name.trim().to_owned(), parse_value(value.trim())?))
}

fn parse_value(text: &str) -> Option<Value> {
    if let Some(quoted) = text.strip_prefix('\'') {
        let mut value = String::new();
        let mut letters = quoted.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                // Two quotes stand for one.
                '\'' if letters.next_if_eq(&'\'').is_none() => break,
                _ => value.push(letter),
            }
        }
        return Some(Value::Text(value.trim_end().to_owned()));
    }
    let word = text.split('/').next()?.trim();
    match word {
        "T" => return Some(Value::Logical(true)),
        "F" => return Some(Value::Logical(false)),
        _ => {}
    }
    if let Ok(integer) = word.parse() {
        return Some(Value::Integer(integer));
    }
    word.replace(['D', 'd'], "E").parse().ok().map(Value::Real)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(cards: &[&str]) -> Header {
        let bytes: String = cards.iter().chain(&["END"]).map(|card| format!("{card:<80}")).collect();
        Header::parse(bytes.as_bytes()).unwrap().0
    }

    #[test]
    fn reads_every_kind_of_value() {
        let header = header(&[
            "SIMPLE  =                    T / a comment",
            "NAXIS   =                    3",
            "CD1_1   = -7.2777777777777D-05 / degrees",
            "OBJECT  = 'O''Neill / 5'       / not the comment",
            "HIERARCH FPA.FILTER = 'r.00000'",
            "COMMENT = no value here",
        ]);
        assert!(header.is_true("SIMPLE"));
        assert_eq!(header.integer("NAXIS"), Some(3));
        assert_eq!(header.real("CD1_1"), Some(-7.277_777_777_777_7e-5));
        assert_eq!(header.text("OBJECT"), Some("O'Neill / 5"));
        assert_eq!(header.text("FPA.FILTER"), Some("r.00000"));
    }

    #[test]
    fn a_header_without_end_is_none() {
        assert_eq!(Header::parse(&[b' '; 800]), None);
    }

    #[test]
    fn bytes_that_are_no_text_are_passed_over() {
        let mut bytes = vec![0xff; 80];
        bytes.extend(format!("{:<80}", "END").bytes());
        assert_eq!(Header::parse(&bytes), Some((Header::default(), 2)));
    }
}
