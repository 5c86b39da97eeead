//! The code on a certificate: 60 random bits in letters and digits that nobody takes for each other.

use crate::problem::Problem;

/// Crockford's alphabet: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 12;
const GROUP: usize = 4;

/// A code that nobody has seen, such as `7K2M-0QXV-94TD`.
pub(crate) fn new_code() -> Result<String, Problem> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(grouped(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))))
}

/// The code that somebody typed: case, hyphens and blanks do not matter, and what looks like a digit
/// is taken for it. `None` for what cannot be one.
pub(crate) fn read_code(typed: &str) -> Option<String> {
    if typed.len() > 4 * LENGTH {
        return None;
    }
    let signs = typed.chars().filter(|c| *c != '-' && !c.is_whitespace());
    let read: Option<Vec<char>> = signs
        .map(|c| match c.to_ascii_uppercase() {
            'O' => Some('0'),
            'I' | 'L' => Some('1'),
            c => u8::try_from(c).ok().filter(|byte| ALPHABET.contains(byte)).map(char::from),
        })
        .collect();
    read.filter(|read| read.len() == LENGTH).map(|read| grouped(read.into_iter()))
}

fn grouped(signs: impl Iterator<Item = char>) -> String {
    let mut code = String::with_capacity(LENGTH + LENGTH / GROUP - 1);
    for (place, sign) in signs.enumerate() {
        if place > 0 && place % GROUP == 0 {
            code.push('-');
        }
        code.push(sign);
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_was_made_however_it_is_typed() {
        let code = new_code().expect("random");
        assert_eq!(code.len(), 14);
        assert_ne!(code, new_code().expect("random"));
        assert_eq!(read_code(&code).as_ref(), Some(&code));
        assert_eq!(read_code(&code.replace('-', " ").to_lowercase()), Some(code));
        assert_eq!(read_code("oil0-0000-0000").as_deref(), Some("0110-0000-0000"));
        for wrong in
            ["", "7K2M-0QXV-94T", "7K2M-0QXV-94TDX", "7K2M-0QXV-94T!", "七K2M-0QXV-94TD", &"0".repeat(99)]
        {
            assert_eq!(read_code(wrong), None, "{wrong}");
        }
    }
}
