//! The letters of a certificate. The program carries subsets of Noto Sans CJK SC (Latin and the
//! 3,755 most usual Chinese characters, all that the sentences need) and of Inter (more Latin, Greek,
//! Cyrillic), both under the SIL Open Font License (`fonts.LICENSE`): enough for most names. For the rest it looks into fonts of the machine
//! (Debian: `fonts-noto-cjk`); what no font has is set as a question mark, and the page says so. Into
//! a PDF go only the glyphs that are used.

use std::sync::Arc;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use ttf_parser::Face;

const BUNDLED: [&[u8]; 2] = [include_bytes!("NotoSansCJKsc-subset.otf"), include_bytes!("Inter-subset.otf")];

/// Where Linux distributions put fonts with many scripts: file and number in it.
const ON_THE_MACHINE: [(&str, u32); 7] = [
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf", 0),
    ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 0),
    ("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
];

/// What stands for a sign that no font has.
const UNKNOWN: char = '?';

/// Fonts in the order in which they are asked.
pub(super) struct Fonts(Vec<Loaded>);

struct Loaded {
    font: Font,
    data: Arc<Vec<u8>>,
    index: u32,
}

/// A line whose glyphs are known.
pub(super) struct Line {
    /// Pieces of one font each.
    pub pieces: Vec<Piece>,
    /// At size 1.
    pub width: f32,
    /// Some sign is missing from every font.
    pub incomplete: bool,
}

/// Part of a line in one font.
pub(super) struct Piece {
    pub font: Font,
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    /// At size 1.
    pub width: f32,
}

impl Fonts {
    /// The bundled fonts, and those of the machine if `text` needs them.
    pub fn for_text(text: &str) -> Option<Self> {
        let mut fonts = Self::bundled()?;
        for (path, index) in ON_THE_MACHINE {
            if text.chars().all(|c| fonts.find(c).is_some()) {
                break;
            }
            // A font that is not there, or no font: the next one.
            if let Some(more) = std::fs::read(path).ok().and_then(|bytes| Loaded::of(bytes, index)) {
                fonts.0.push(more);
            }
        }
        Some(fonts)
    }

    /// Only the bundled fonts, as on a machine without any.
    fn bundled() -> Option<Self> {
        BUNDLED.into_iter().map(|bytes| Loaded::of(bytes.to_vec(), 0)).collect::<Option<_>>().map(Self)
    }

    fn find(&self, c: char) -> Option<(usize, u16, f32)> {
        self.0.iter().enumerate().find_map(|(place, loaded)| {
            let face = loaded.face()?;
            let glyph = face.glyph_index(c)?;
            let advance = f32::from(face.glyph_hor_advance(glyph)?) / f32::from(face.units_per_em());
            Some((place, glyph.0, advance))
        })
    }

    /// The width of a text at size 1.
    pub fn width(&self, text: &str) -> f32 {
        let advance = |c| self.find(c).or_else(|| self.find(UNKNOWN)).map_or(0.0, |(.., advance)| advance);
        text.chars().map(advance).sum()
    }

    /// Chooses a glyph for every sign.
    pub fn set(&self, text: &str) -> Line {
        let mut line = Line { pieces: Vec::new(), width: 0.0, incomplete: false };
        let mut last = None;
        for c in text.chars() {
            let (c, found) = match self.find(c) {
                Some(found) => (c, Some(found)),
                None => {
                    line.incomplete = true;
                    (UNKNOWN, self.find(UNKNOWN))
                }
            };
            let Some((place, glyph, advance)) = found else { continue };
            if last != Some(place) {
                let font = self.0[place].font.clone();
                line.pieces.push(Piece { font, text: String::new(), glyphs: Vec::new(), width: 0.0 });
                last = Some(place);
            }
            let Some(piece) = line.pieces.last_mut() else { continue };
            let from = piece.text.len();
            piece.text.push(c);
            piece.glyphs.push(KrillaGlyph {
                glyph_id: GlyphId::new(u32::from(glyph)),
                text_range: from..piece.text.len(),
                x_advance: advance,
                x_offset: 0.0,
                y_offset: 0.0,
                y_advance: 0.0,
                location: None,
            });
            piece.width += advance;
            line.width += advance;
        }
        line
    }
}

impl Loaded {
    fn of(bytes: Vec<u8>, index: u32) -> Option<Self> {
        let data = Arc::new(bytes);
        Face::parse(&data, index).ok()?;
        Some(Self { font: Font::new(Arc::clone(&data).into(), index)?, data, index })
    }

    fn face(&self) -> Option<Face<'_>> {
        Face::parse(&self.data, self.index).ok()
    }
}

/// Breaks a text into lines no wider than `most` (at size 1): at blanks, and after any Chinese
/// character unless a closing sign follows or an opening one stands there.
pub(super) fn wrapped(fonts: &Fonts, text: &str, most: f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words(text) {
        let Some(line) = lines.last_mut() else { break };
        if !line.is_empty() && fonts.width(&format!("{line}{}", word.trim_end())) > most {
            lines.push(word.trim_start().to_owned());
        } else {
            line.push_str(&word);
        }
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// Pieces of a text that stay together.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = None;
    for c in text.chars() {
        let may_break = before.is_some_and(|before: char| {
            before == ' '
                || ((is_chinese(before) || is_chinese(c))
                    && !"，。、；：）”".contains(c)
                    && !"（“".contains(before))
        });
        if may_break && c != ' ' {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(c);
        }
        before = Some(c);
    }
    words
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_fonts_have_what_the_sentences_need() {
        let fonts = Fonts::bundled().expect("the bundled font");
        for text in [include_str!("words.rs"), "Émile Łukasz ŽŠ Ğ Αθηνά Юлия", "张衡 王贞仪 祖冲之"]
        {
            let missing: String = text.chars().filter(|c| *c != '\n' && fonts.find(*c).is_none()).collect();
            assert_eq!(missing, "");
        }
        assert!(fonts.set("name 𰻝").incomplete, "a character that hardly any font has");
    }

    #[test]
    fn lines_break_where_each_language_allows_it() {
        let fonts = Fonts::bundled().expect("the bundled font");
        let text = "looked at 12 images of the sky";
        let lines = wrapped(&fonts, text, 7.0);
        assert!(lines.len() > 1 && lines.iter().all(|line| fonts.width(line) <= 7.0), "{lines:?}");
        assert_eq!(lines.join(" "), text);

        let text = "在 Lensfinder 查看了 1,204 幅星空图像，并逐一判断，其中是否有透镜。";
        for most in [7.0, 8.0, 9.0, 10.0, 11.0, 12.0] {
            let lines = wrapped(&fonts, text, most);
            assert!(lines.iter().all(|line| !line.starts_with(['，', '。'])), "{lines:?}");
            assert!(lines.iter().any(|line| line.contains("Lensfinder")), "{lines:?}");
            let blanks = |text: &str| text.replace(' ', "");
            assert_eq!(blanks(&lines.concat()), blanks(text));
        }
    }
}
