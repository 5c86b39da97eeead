//! Just enough of Rust's lexer for the rules: words and punctuation with their
//! lines, without comments, strings and character literals.

/// A word (identifier, keyword, number) or one punctuation character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its text.
    pub text: String,
    /// Its line, from 1.
    pub line: usize,
}

/// Splits source text into tokens.
pub fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let mut lexer = Lexer { chars: &chars, at: 0, line: 1 };
    let mut found = Vec::new();
    while let Some(c) = lexer.peek(0) {
        let line = lexer.line;
        if c == '/' && lexer.peek(1) == Some('/') {
            lexer.skip_while(|c| c != '\n');
        } else if c == '/' && lexer.peek(1) == Some('*') {
            lexer.skip_block_comment();
        } else if lexer.skip_string() {
        } else if is_word(c) {
            let start = lexer.at;
            lexer.skip_while(is_word);
            found.push(Token { text: chars[start..lexer.at].iter().collect(), line });
        } else {
            lexer.advance();
            if !c.is_whitespace() {
                found.push(Token { text: c.to_string(), line });
            }
        }
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

struct Lexer<'a> {
    chars: &'a [char],
    at: usize,
    line: usize,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn advance(&mut self) {
        if self.peek(0) == Some('\n') {
            self.line += 1;
        }
        self.at += 1;
    }

    fn skip_while(&mut self, keep: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&keep) {
            self.advance();
        }
    }

    /// Block comments nest in Rust.
    fn skip_block_comment(&mut self) {
        let mut depth = 0;
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                ('/', Some('*')) => {
                    depth += 1;
                    self.advance();
                }
                ('*', Some('/')) => {
                    depth -= 1;
                    self.advance();
                }
                _ => {}
            }
            self.advance();
            if depth == 0 {
                return;
            }
        }
    }

    /// Skips a string, byte string, raw string or character literal that starts here; a lifetime is
    /// none of these.
    fn skip_string(&mut self) -> bool {
        let mut prefix = 0;
        while prefix < 2 && self.peek(prefix).is_some_and(|c| matches!(c, 'b' | 'c' | 'r')) {
            prefix += 1;
        }
        let is_raw = prefix > 0 && self.peek(prefix - 1) == Some('r');
        let hashes = if is_raw { self.count_hashes(prefix) } else { 0 };
        match self.peek(prefix + hashes) {
            Some('"') => {
                (0..=prefix + hashes).for_each(|_| self.advance());
                self.skip_to_quote(is_raw, hashes);
                true
            }
            Some('\'') if hashes == 0 && !is_raw && self.is_character(prefix) => {
                (0..=prefix).for_each(|_| self.advance());
                while let Some(c) = self.peek(0) {
                    self.advance();
                    match c {
                        '\\' => self.advance(),
                        '\'' => break,
                        _ => {}
                    }
                }
                true
            }
            _ => false,
        }
    }

    fn count_hashes(&self, from: usize) -> usize {
        (from..).take_while(|ahead| self.peek(*ahead) == Some('#')).count()
    }

    /// `'a'` and `'\n'` are characters, `'a` is a lifetime.
    fn is_character(&self, quote: usize) -> bool {
        self.peek(quote + 1) == Some('\\') || self.peek(quote + 2) == Some('\'')
    }

    fn skip_to_quote(&mut self, is_raw: bool, hashes: usize) {
        while let Some(c) = self.peek(0) {
            self.advance();
            if c == '\\' && !is_raw {
                self.advance();
            } else if c == '"' && self.count_hashes(0) >= hashes {
                (0..hashes).for_each(|_| self.advance());
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        tokens(source).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_strings_and_characters_vanish_and_lifetimes_stay() {
        let source = "a /* x /* y */ z */ b // c\n\"q \\\" w\" r#\"e \" r\"# b'\\'' 'x' &'s d";
        assert_eq!(texts(source), ["a", "b", "&", "'", "s", "d"]);
    }

    #[test]
    fn lines_are_counted_through_comments_and_strings() {
        let found = tokens("/*\n\n*/ a \"\n\" b\nc");
        let lines: Vec<_> = found.iter().map(|token| (token.text.as_str(), token.line)).collect();
        assert_eq!(lines, [("a", 3), ("b", 4), ("c", 5)]);
    }

    #[test]
    fn a_word_that_starts_like_a_raw_string_stays_a_word() {
        assert_eq!(texts("break raw_b br r"), ["break", "raw_b", "br", "r"]);
    }
}
