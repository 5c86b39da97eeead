//! Letters of strokes, for labels on images: Latin letters, digits, and the
//! signs of coordinates. Each glyph is a few polylines on a grid of 5 columns
//! and 9 rows: capitals reach from row 0 to 6, small letters from 2, and what
//! hangs below ends at 8.

/// Rows from the top of a capital to the line it stands on.
pub(super) const CAPITAL: f64 = 6.0;
/// Columns from a letter to the next.
const ADVANCE: f64 = 6.0;
const NARROW: f64 = 4.0;

/// Polylines of a letter; two digits are a point.
fn strokes(letter: char) -> &'static str {
    match letter {
        'A' => "062046 1434",
        'B' => "06003041423303 3344453606",
        'C' => "4130100105163645",
        'D' => "06003041453606",
        'E' => "40000646 0333",
        'F' => "400006 0333",
        'G' => "41301001051636454323",
        'H' => "0006 4046 0343",
        'I' => "1030 2026 1636",
        'J' => "4045361605",
        'K' => "0006 400346",
        'L' => "000646",
        'M' => "0600234046",
        'N' => "06004640",
        'O' => "103041453616050110",
        'P' => "06003041423303",
        'Q' => "103041453616050110 2446",
        'R' => "06003041423303 2346",
        'S' => "413010010213334445361605",
        'T' => "0040 2026",
        'U' => "000516364540",
        'V' => "002640",
        'W' => "0016233640",
        'X' => "0046 4006",
        'Y' => "002340 2326",
        'Z' => "00400646",
        'a' => "12324346 441405163645",
        'b' => "0006 0312324345361605",
        'c' => "4332120305163645",
        'd' => "4046 4332120305163645",
        'e' => "04444332120305163645",
        'f' => "40302126 1242",
        'g' => "4247381807 4332120305163645",
        'h' => "0006 0312324346",
        'i' => "2226 2020",
        'j' => "22271808 2020",
        'k' => "0006 420446",
        'l' => "202536",
        'm' => "0206 03122326 23324346",
        'n' => "0206 0312324346",
        'o' => "123243453616050312",
        'p' => "0208 0312324345361605",
        'q' => "4248 4332120305163645",
        'r' => "0206 03123243",
        's' => "43321203143445361605",
        't' => "10152636 0232",
        'u' => "0205163645 4246",
        'v' => "022642",
        'w' => "0216243642",
        'x' => "0246 4206",
        'y' => "0226 4218",
        'z' => "02420646",
        '0' => "103041453616050110",
        '1' => "112026 1636",
        '2' => "01103041420646",
        '3' => "01103041423323 334445361605",
        '4' => "36300444",
        '5' => "400003334445361605",
        '6' => "413010010516364544331304",
        '7' => "004016",
        '8' => "103041423313020110 1304051636454433",
        '9' => "051636454130100102133342",
        '+' => "2125 0343",
        '-' | '−' | '–' => "0343",
        '.' => "2626",
        ',' => "2617",
        ':' => "2323 2626",
        '/' => "0640",
        '(' => "30212536",
        ')' => "10212516",
        '=' => "0242 0444",
        '_' => "0747",
        '°' => "2031221120",
        '\'' | '′' => "2012",
        '"' | '″' => "1002 3022",
        ' ' => "",
        _ => "011030414223 2324 2626",
    }
}

fn advance(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | '\'' | '′' | '°' | '(' | ')' | ' ' | 'I' => NARROW,
        _ => ADVANCE,
    }
}

/// How wide a text is, in columns.
pub(super) fn width(text: &str) -> f64 {
    text.chars().map(advance).sum::<f64>() - 1.0
}

/// The polylines of a text whose first letter begins at column 0, top of capitals at row 0.
pub(super) fn lines(text: &str) -> Vec<Vec<(f64, f64)>> {
    let mut at = 0.0;
    let mut all = Vec::new();
    for letter in text.chars() {
        // Narrow letters are drawn in the middle of five columns.
        let left = at - (ADVANCE - advance(letter)) / 2.0;
        for stroke in strokes(letter).split_ascii_whitespace() {
            let digit = |byte: u8| f64::from(byte.wrapping_sub(b'0'));
            all.push(stroke.as_bytes().chunks_exact(2).map(|p| (left + digit(p[0]), digit(p[1]))).collect());
        }
        at += advance(letter);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_glyph_stays_on_its_grid() {
        for letter in (' '..='~').chain("°′″−–é".chars()) {
            for stroke in strokes(letter).split_ascii_whitespace() {
                assert!(stroke.len() % 2 == 0 && stroke.len() >= 4, "{letter} {stroke}");
                let points = stroke.as_bytes().chunks(2);
                assert!(
                    points
                        .into_iter()
                        .all(|p| (b'0'..=b'4').contains(&p[0]) && (b'0'..=b'8').contains(&p[1]))
                );
            }
        }
    }

    #[test]
    fn texts_are_as_wide_as_they_are_drawn() {
        let right = lines("HI 12h").iter().flatten().map(|p| p.0).fold(0.0, f64::max);
        assert!((right - width("HI 12h")).abs() <= 1.0, "{right}");
        assert!(lines("").is_empty());
    }
}
