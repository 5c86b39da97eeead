//! Puts a certificate on its page: A4 across, one column in the middle, and the app's mark. The PDF
//! is tagged (PDF/UA-1), so that it can be read aloud, and the same certificate gives the same bytes.

use std::num::NonZeroU16;

use chrono::{Datelike, Timelike};
use krilla::{
    Document, SerializeSettings,
    color::rgb,
    configure::{Accessibility, ConfigurationBuilder},
    destination::XyzDestination,
    error::KrillaError,
    geom::{Path, PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::{Fill, LineCap, Stroke},
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Node, SpanTag, Tag, TagGroup, TagTree},
};
use store::Certificate;

use super::{
    Language,
    fonts::{Fonts, wrapped},
    words::words,
};

/// Points.
const WIDTH: f32 = 842.0;
const HEIGHT: f32 = 595.0;
const MIDDLE: f32 = WIDTH / 2.0;
/// The widest line.
const MEASURE: f32 = 600.0;

const INK: [u8; 3] = [19, 26, 44];
const SOFT: [u8; 3] = [75, 85, 109];
const FRAME: [u8; 3] = [190, 198, 216];
const ARC: [u8; 3] = [42, 75, 201];
const GALAXY: [u8; 3] = [224, 173, 48];

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DrawError {
    /// The font that the program carries cannot be read.
    #[error("the certificate's font cannot be read: rebuild the program")]
    Font,
    /// A size that no page has.
    #[error("the certificate's page has no size")]
    Page,
    /// The PDF could not be written.
    #[error("the certificate could not be written: {0:?}")]
    Pdf(KrillaError),
}

/// Draws a certificate as a PDF. `site` is where it can be checked.
pub(crate) fn draw(certificate: &Certificate, site: &str, language: Language) -> Result<Vec<u8>, DrawError> {
    let words = words(certificate, site, language);
    let fonts = Fonts::for_text(&words.name).ok_or(DrawError::Font)?;
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let settings = SerializeSettings {
        configuration: configuration.unwrap_or_default(),
        ..SerializeSettings::default()
    };
    let mut document = Document::new_with(settings);
    let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(DrawError::Page)?;
    let mut page = document.start_page_with(settings);
    let mut tree = TagTree::new();
    {
        let mut surface = page.surface();
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other)));
        frame(&mut surface);
        mark(&mut surface);
        surface.end_tagged();

        let mut paper = Paper { surface, fonts: &fonts, tree: &mut tree, language, y: 186.0 };
        paper.heading(words.title);
        paper.y += 34.0;
        paper.text(words.above, 14.0, SOFT, 1.6);
        paper.y += 16.0;
        let incomplete = paper.name(&words.name);
        paper.y += 6.0;
        for sentence in &words.below {
            paper.text(sentence, 15.0, INK, 1.65);
        }
        paper.y = HEIGHT - 118.0;
        paper.text(&words.issued, 12.0, INK, 1.7);
        paper.text(&words.code, 12.0, INK, 1.7);
        paper.text(&words.check, 10.5, SOFT, 1.7);
        if incomplete {
            paper.text(words.missing, 8.5, SOFT, 1.5);
        }
        paper.surface.finish();
    }
    page.finish();
    let mut outline = Outline::new();
    outline.push_child(OutlineNode::new(
        words.title.to_owned(),
        XyzDestination::new(0, Point::from_xy(0.0, 0.0)),
    ));
    document.set_outline(outline);
    document.set_tag_tree(tree);
    let issued = certificate.issued_at;
    let small = |number: u32| u8::try_from(number).unwrap_or(0);
    let date = DateTime::new(u16::try_from(issued.year()).unwrap_or(0))
        .month(small(issued.month()))
        .day(small(issued.day()))
        .hour(small(issued.hour()))
        .minute(small(issued.minute()));
    document.set_metadata(
        Metadata::new()
            .title(format!("{} · {}", words.title, words.name))
            .language(language.tag().to_owned())
            .creator("Lensfinder".to_owned())
            .document_id(certificate.code.clone())
            .creation_date(date),
    );
    document.finish().map_err(DrawError::Pdf)
}

/// Writes lines from the top down.
struct Paper<'a, 's> {
    surface: Surface<'s>,
    fonts: &'a Fonts,
    tree: &'a mut TagTree,
    language: Language,
    /// The next base line.
    y: f32,
}

impl Paper<'_, '_> {
    fn heading(&mut self, text: &str) {
        // Level 1; the number is a constant.
        let level = NonZeroU16::MIN;
        let id = self.tagged(|paper| {
            paper.line(text, 34.0, INK);
        });
        let mut group = TagGroup::new(Tag::Hn(level, Some(text.to_owned())));
        group.push(id);
        self.tree.push(Node::Group(group));
    }

    fn text(&mut self, text: &str, size: f32, colour: [u8; 3], leading: f32) {
        let lines = wrapped(self.fonts, text, MEASURE / size);
        let id = self.tagged(|paper| {
            for line in &lines {
                paper.line(line, size, colour);
                paper.y += size * leading;
            }
        });
        self.paragraph(id);
    }

    /// The name, as large as it fits; says whether signs are missing.
    fn name(&mut self, name: &str) -> bool {
        let size = (MEASURE / self.fonts.width(name).max(0.1)).clamp(12.0, 40.0);
        self.y += size * 0.8;
        let mut incomplete = false;
        let id = self.tagged(|paper| incomplete = paper.line(name, size, INK));
        self.paragraph(id);
        self.y += 34.0;
        incomplete
    }

    fn tagged(&mut self, write: impl FnOnce(&mut Self)) -> krilla::tagging::Identifier {
        let id = self
            .surface
            .start_tagged(ContentTag::Span(SpanTag::empty().with_lang(Some(self.language.tag()))));
        write(self);
        self.surface.end_tagged();
        id
    }

    fn paragraph(&mut self, id: krilla::tagging::Identifier) {
        let mut group = TagGroup::new(Tag::P);
        group.push(id);
        self.tree.push(Node::Group(group));
    }

    /// One line in the middle of the page; says whether signs are missing.
    fn line(&mut self, text: &str, size: f32, colour: [u8; 3]) -> bool {
        let line = self.fonts.set(text);
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(filled(colour)));
        let mut x = MIDDLE - line.width * size / 2.0;
        for piece in &line.pieces {
            let start = Point::from_xy(x, self.y);
            self.surface.draw_glyphs(start, &piece.glyphs, piece.font.clone(), &piece.text, size, false);
            x += piece.width * size;
        }
        line.incomplete
    }
}

/// Two thin lines around the page.
fn frame(surface: &mut Surface<'_>) {
    for (inset, width) in [(24.0, 1.2), (30.0, 0.5)] {
        let Some(rect) = Rect::from_ltrb(inset, inset, WIDTH - inset, HEIGHT - inset) else { continue };
        let mut path = PathBuilder::new();
        path.push_rect(rect);
        stroke(surface, path.finish(), FRAME, width);
    }
}

/// The app's mark: a galaxy between two arcs.
fn mark(surface: &mut Surface<'_>) {
    let (x, y, r) = (MIDDLE, 96.0, 22.0);
    surface.set_stroke(None);
    surface.set_fill(Some(filled(GALAXY)));
    if let Some(disc) = arc(x, y, r * 0.36, 0.0, 360.0) {
        surface.draw_path(&disc);
    }
    stroke(surface, arc(x, y, r, 145.0, 228.0), ARC, 5.2);
    stroke(surface, arc(x, y, r, -23.0, 62.0), ARC, 5.2);
}

fn stroke(surface: &mut Surface<'_>, path: Option<Path>, colour: [u8; 3], width: f32) {
    let Some(path) = path else { return };
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: rgb::Color::new(colour[0], colour[1], colour[2]).into(),
        width,
        line_cap: LineCap::Round,
        ..Stroke::default()
    }));
    surface.draw_path(&path);
}

fn filled([red, green, blue]: [u8; 3]) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}

/// Part of a circle, in degrees clockwise from the right, as cubic curves of at most a quarter turn.
fn arc(x: f32, y: f32, r: f32, from: f32, to: f32) -> Option<Path> {
    let steps = ((to - from) / 90.0).ceil().max(1.0);
    let turn = ((to - from) / steps).to_radians();
    let handle = 4.0 / 3.0 * (turn / 4.0).tan() * r;
    let mut path = PathBuilder::new();
    let at = |angle: f32| (x + r * angle.cos(), y + r * angle.sin());
    let mut angle = from.to_radians();
    let (mut px, mut py) = at(angle);
    path.move_to(px, py);
    for _ in 0..steps as u32 {
        let next = angle + turn;
        let (qx, qy) = at(next);
        path.cubic_to(
            px - handle * angle.sin(),
            py + handle * angle.cos(),
            qx + handle * next.sin(),
            qy - handle * next.cos(),
            qx,
            qy,
        );
        (angle, px, py) = (next, qx, qy);
    }
    path.finish()
}

#[cfg(test)]
mod tests;
