//! Markdown as leads write it, to HTML that is safe to put into a page: every tag and attribute that can
//! leave is written here, so there is nothing to forget. HTML in the source is dropped; links lead to the
//! web, to an address for letters or within this site; images come from this server.

use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};

/// Lists and quotations inside each other beyond this are written without their frame: browsers give up
/// somewhere.
const DEEPEST: usize = 12;

/// What may stand before the name of an image.
const IMAGE_FOLDERS: [&str; 2] = ["/api/v1/images/", "/api/v1/uploads/"];
/// And after it.
const IMAGE_ENDS: [&str; 3] = [".small.webp", ".webp", ".jpg"];

/// The HTML of a Markdown text.
pub(crate) fn to_html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut writer = Writer { html: String::with_capacity(markdown.len() * 3 / 2), ..Writer::default() };
    for event in Parser::new_ext(markdown, options) {
        writer.event(event);
    }
    writer.html
}

/// Whether an image may be shown: one of this server, named by its digest.
pub(crate) fn is_own_image(address: &str) -> bool {
    let name = IMAGE_FOLDERS.iter().find_map(|folder| address.strip_prefix(folder));
    let hex = name.and_then(|name| IMAGE_ENDS.iter().find_map(|end| name.strip_suffix(end)));
    hex.is_some_and(|hex| hex.parse::<domain::Digest>().is_ok())
}

#[derive(Default)]
struct Writer {
    html: String,
    /// What closes each open tag; nothing for those that were left out.
    closers: Vec<&'static str>,
    /// How many lists and quotations are open.
    depth: usize,
    /// The headings that what comes now stands under.
    headings: Vec<HeadingLevel>,
    in_table_head: bool,
    in_html: bool,
    /// The address and the words of the image that is being read.
    image: Option<(String, String)>,
    /// Images inside an image's words.
    inner_images: usize,
    /// A line ended inside a paragraph, after this character.
    broken_after: Option<char>,
    last: Option<char>,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Image { .. }) if self.image.is_some() => self.inner_images += 1,
            Event::End(TagEnd::Image) if self.inner_images > 0 => self.inner_images -= 1,
            Event::End(TagEnd::Image) => self.end_image(),
            Event::Text(text) | Event::Code(text) if self.image.is_some() => {
                if let Some((_, words)) = &mut self.image {
                    words.push_str(&text);
                }
            }
            _ if self.image.is_some() => {}
            Event::Start(tag) => self.start(tag),
            Event::End(TagEnd::HtmlBlock) => self.in_html = false,
            Event::End(end) => self.end(end),
            _ if self.in_html => {}
            Event::Text(text) => self.text(&text),
            Event::Code(code) => {
                self.settle_break(code.chars().next());
                self.html.push_str("<code>");
                escape(&code, &mut self.html);
                self.html.push_str("</code>");
                self.last = code.chars().last();
            }
            Event::SoftBreak => self.broken_after = self.last.or(Some(' ')),
            Event::HardBreak => self.html.push_str("<br>\n"),
            Event::Rule => self.html.push_str("<hr>\n"),
            // HTML of the source, and kinds of events that are not switched on.
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.settle_break(text.chars().next());
        escape(text, &mut self.html);
        self.last = text.chars().last();
    }

    /// A line's end is a blank, except between Chinese characters.
    fn settle_break(&mut self, next: Option<char>) {
        let Some(before) = self.broken_after.take() else { return };
        let is_chinese = |c: char| ('\u{2e80}'..='\u{ffee}').contains(&c);
        if !(is_chinese(before) && next.is_some_and(is_chinese)) {
            self.html.push('\n');
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        if !matches!(
            tag,
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
        ) {
            (self.last, self.broken_after) = (None, None);
        } else {
            self.settle_break(None);
        }
        match tag {
            Tag::Paragraph => self.open("<p>", "</p>\n"),
            Tag::Heading { level, .. } => self.heading(level),
            Tag::BlockQuote(_) => self.open_deep("<blockquote>\n", "</blockquote>\n"),
            Tag::CodeBlock(_) => self.open("<pre><code>", "</code></pre>\n"),
            Tag::List(None) => self.open_deep("<ul>\n", "</ul>\n"),
            Tag::List(Some(1)) => self.open_deep("<ol>\n", "</ol>\n"),
            Tag::List(Some(first)) => {
                let first = first.min(1_000_000);
                self.open_deep(&format!("<ol start=\"{first}\">\n"), "</ol>\n");
            }
            Tag::Item if self.depth > DEEPEST => self.open("", ""),
            Tag::Item => self.open("<li>", "</li>\n"),
            Tag::Table(_) => self.open("<table>\n", "</tbody></table>\n"),
            Tag::TableHead => {
                self.in_table_head = true;
                self.open("<thead><tr>", "</tr></thead><tbody>\n");
            }
            Tag::TableRow => self.open("<tr>", "</tr>\n"),
            Tag::TableCell if self.in_table_head => self.open("<th scope=\"col\">", "</th>"),
            Tag::TableCell => self.open("<td>", "</td>"),
            Tag::Emphasis => self.open("<em>", "</em>"),
            Tag::Strong => self.open("<strong>", "</strong>"),
            Tag::Strikethrough => self.open("<del>", "</del>"),
            Tag::Link { link_type, dest_url, .. } => self.link(link_type, &dest_url),
            Tag::Image { dest_url, .. } => self.image = Some((dest_url.into_string(), String::new())),
            Tag::HtmlBlock => self.in_html = true,
            _ => self.open("", ""),
        }
    }

    /// The page has its own first heading; below it no level is left out, whatever signs the source counts.
    fn heading(&mut self, level: HeadingLevel) {
        while self.headings.pop_if(|above| *above >= level).is_some() {}
        self.headings.push(level);
        match self.headings.len() {
            1 => self.open("<h2>", "</h2>\n"),
            2 => self.open("<h3>", "</h3>\n"),
            _ => self.open("<h4>", "</h4>\n"),
        }
    }

    fn end(&mut self, end: TagEnd) {
        if matches!(end, TagEnd::BlockQuote(_) | TagEnd::List(_)) {
            self.depth = self.depth.saturating_sub(1);
        }
        if end == TagEnd::TableHead {
            self.in_table_head = false;
        }
        if let Some(closer) = self.closers.pop() {
            self.html.push_str(closer);
        }
    }

    fn open(&mut self, tag: &str, closer: &'static str) {
        self.html.push_str(tag);
        self.closers.push(closer);
    }

    fn open_deep(&mut self, tag: &str, closer: &'static str) {
        self.depth += 1;
        if self.depth > DEEPEST { self.open("", "") } else { self.open(tag, closer) }
    }

    fn link(&mut self, kind: LinkType, address: &str) {
        let mail = if kind == LinkType::Email { "mailto:" } else { "" };
        let address = format!("{mail}{address}");
        match destination(&address) {
            Destination::Refused => return self.open("", ""),
            Destination::Within => self.html.push_str("<a href=\""),
            Destination::Elsewhere => self.html.push_str("<a rel=\"nofollow noopener noreferrer\" href=\""),
        }
        escape(&address, &mut self.html);
        self.open("\">", "</a>");
    }

    fn end_image(&mut self) {
        let Some((address, words)) = self.image.take() else { return };
        self.settle_break(None);
        if !is_own_image(&address) {
            return self.text(&words);
        }
        self.html.push_str("<img loading=\"lazy\" src=\"");
        escape(&address, &mut self.html);
        self.html.push_str("\" alt=\"");
        escape(&words, &mut self.html);
        self.html.push_str("\">");
        self.last = None;
    }
}

enum Destination {
    Within,
    Elsewhere,
    Refused,
}

/// Where a link may lead. Browsers ignore blanks and control characters inside a scheme, so an address
/// that holds any is refused.
fn destination(address: &str) -> Destination {
    if address.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return Destination::Refused;
    }
    let lower = address.to_ascii_lowercase();
    if ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme)) {
        Destination::Elsewhere
    } else if lower.starts_with('#') || (lower.starts_with('/') && !lower.starts_with("//")) {
        Destination::Within
    } else {
        Destination::Refused
    }
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            // Marks that turn the text around them, and what no text holds.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests;
