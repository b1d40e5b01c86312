//! The blocks of a paper.

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use quick_xml::escape::escape;

use crate::paper::{
    block::{Align, Block, Inline, Para, Picture, Placed, Seal, Shown, Size, plain},
    font::Fonts,
    layout::{Layout, MM_A_POINT, Role},
    word::{
        table,
        text::{Pitch, Style, gap, new_page, paragraph},
    },
};

pub(super) struct Body<'a> {
    pub(super) layout: &'a Layout,
    pub(super) fonts: &'a Fonts,
    pictures: &'a BTreeMap<String, Arc<Picture>>,
    pub(super) out: String,
    /// The pictures used, in order.
    pub(super) media: Vec<Arc<Picture>>,
    /// What stands here looks so: the page's body, or a cell.
    pub(super) base: Style,
    /// The width of the page's text, or of the cell.
    pub(super) width_pt: f64,
    within: bool,
    /// The next table stands at the foot of the page.
    at_foot: bool,
    ends_with_table: bool,
    numbered: usize,
}

impl<'a> Body<'a> {
    pub(super) fn new(
        layout: &'a Layout,
        fonts: &'a Fonts,
        pictures: &'a BTreeMap<String, Arc<Picture>>,
    ) -> Body<'a> {
        Body {
            layout,
            fonts,
            pictures,
            out: String::new(),
            media: Vec::new(),
            base: Style::body(layout),
            width_pt: layout.text_mm() / MM_A_POINT,
            within: false,
            at_foot: false,
            ends_with_table: false,
            numbered: 0,
        }
    }

    /// The XML: a document does not end with a table.
    pub(super) fn finished(&self) -> String {
        let mut out = self.out.clone();
        if self.ends_with_table || out.is_empty() {
            gap(&mut out, 1.0, false);
        }
        out
    }

    pub(super) fn blocks(&mut self, blocks: &[Placed]) {
        for placed in blocks {
            self.block(&placed.block);
        }
    }

    /// The blocks of a cell: one paragraph at least, and the last is one.
    pub(super) fn cell(&mut self, blocks: &[Placed], base: &Style, width_pt: f64) {
        let outer = (
            std::mem::replace(&mut self.base, base.clone()),
            std::mem::replace(&mut self.width_pt, width_pt),
            std::mem::replace(&mut self.within, true),
        );
        self.ends_with_table = false;
        self.blocks(blocks);
        if self.ends_with_table {
            gap(&mut self.out, 1.0, false);
        } else if blocks.is_empty() {
            paragraph(&mut self.out, self.fonts, base, &[]);
        }
        (self.base, self.width_pt, self.within) = outer;
    }

    fn block(&mut self, block: &Block) {
        let is_table = matches!(block, Block::Table(_) | Block::Record { .. });
        if is_table && self.ends_with_table {
            // Tables that touch become one.
            gap(&mut self.out, 1.0, false);
        }
        self.ends_with_table = is_table;
        match block {
            Block::RedHead { text } => self.red_head(text),
            Block::Number { text } => self.number(text),
            Block::Title { text } => self.title(text),
            Block::Heading { level, text } => self.heading(*level, text),
            Block::Para(para) => self.para(para),
            Block::List { numbered, items } => self.list(*numbered, items),
            Block::Table(table) => {
                let at_foot = std::mem::take(&mut self.at_foot);
                table::table(self, table, at_foot);
                self.ends_with_table = true;
            }
            Block::Seal(seal) => self.seal(seal),
            Block::Signature { lines } => self.signature(lines),
            Block::Picture(shown) => self.picture(shown),
            Block::Space { mm } => gap(&mut self.out, mm / MM_A_POINT, true),
            Block::Fill => self.at_foot = true,
            Block::Break => new_page(&mut self.out),
            Block::Record { lines } => {
                table::record(self, lines);
                self.ends_with_table = true;
            }
        }
    }

    pub(super) fn paragraph(&mut self, style: &Style, parts: &[&[Inline]]) {
        let is_divided = parts
            .iter()
            .any(|part| part.iter().any(|inline| matches!(inline, Inline::Gap)));
        if is_divided {
            let style = Style {
                edge_pt: Some(self.width_pt),
                ..style.clone()
            };
            return paragraph(&mut self.out, self.fonts, &style, parts);
        }
        paragraph(&mut self.out, self.fonts, style, parts);
    }

    fn red_head(&mut self, text: &[Inline]) {
        let Some(head) = &self.layout.head else {
            return self.title(text);
        };
        gap(&mut self.out, head.drop_mm / MM_A_POINT, false);
        let size_pt = self.layout.head_pt(plain(text).chars().count());
        let style = Style {
            role: Role::Title,
            size_pt,
            color: head.color.0.clone(),
            align: Align::Center,
            pitch: Pitch::Times(1.0),
            keep_next: true,
            ..Style::body(self.layout)
        };
        self.paragraph(&style, &[text]);
        // With the room around the two lines of text, two empty lines.
        gap(&mut self.out, self.layout.pitch_pt * 1.1, true);
    }

    fn number(&mut self, text: &[Inline]) {
        let line_below = self
            .layout
            .head
            .as_ref()
            .map(|head| (head.line_pt, head.color.0.clone()));
        let style = Style {
            align: Align::Center,
            line_below,
            ..Style::body(self.layout)
        };
        self.paragraph(&style, &[text]);
    }

    fn title(&mut self, text: &[Inline]) {
        let layout = self.layout;
        if layout.title_before > 0.0 {
            gap(&mut self.out, layout.title_before * layout.pitch_pt, true);
        }
        // A title of several lines is divided evenly, as in the PDF.
        let longest = plain(text).lines().map(em).fold(0.0, f64::max) * layout.title_pt;
        let lines = (longest / self.width_pt).ceil().max(1.0);
        let side = if lines > 1.0 {
            (self.width_pt - longest / lines - 1.5 * layout.title_pt).max(0.0) / 2.0
        } else {
            0.0
        };
        let style = Style {
            role: Role::Title,
            size_pt: layout.title_pt,
            color: layout.title_color.0.clone(),
            align: Align::Center,
            pitch: Pitch::Times(1.4),
            keep_next: true,
            keep_lines: true,
            level: Some(1),
            left_pt: side,
            right_pt: side,
            after_pt: layout.title_after * layout.pitch_pt,
            ..Style::body(layout)
        };
        self.paragraph(&style, &[text]);
    }

    fn heading(&mut self, level: u8, text: &[Inline]) {
        let style = Style {
            role: match level {
                1 => Role::Heading,
                2 => Role::Subheading,
                _ => Role::Body,
            },
            first_line: self.layout.indent,
            keep_next: true,
            keep_lines: true,
            level: Some(level + 1),
            ..Style::body(self.layout)
        };
        self.paragraph(&style, &[text]);
    }

    fn para(&mut self, para: &Para) {
        let base = &self.base;
        let size_pt = match para.size {
            Size::Body => base.size_pt,
            Size::Small => self.layout.small_pt,
            Size::Large => self.layout.large_pt,
        };
        let pitch = match base.pitch {
            Pitch::Exact(points) => Pitch::Exact(points.max(size_pt * 1.3)),
            times => times,
        };
        let style = Style {
            size_pt,
            pitch,
            align: para.align,
            first_line: if para.indent { self.layout.indent } else { 0.0 },
            keep_next: para.keep || base.keep_next,
            ..base.clone()
        };
        self.paragraph(&style, &[&para.text]);
    }

    fn list(&mut self, numbered: bool, items: &[Vec<Inline>]) {
        for (at, item) in items.iter().enumerate() {
            let mark = if numbered {
                format!("{}. ", at + 1)
            } else {
                "• ".to_owned()
            };
            let mut text = vec![Inline::Text {
                text: mark,
                strong: false,
                under: false,
            }];
            text.extend(item.iter().cloned());
            let style = Style {
                left_pt: self.layout.indent * self.base.size_pt,
                align: Align::Left,
                ..self.base.clone()
            };
            self.paragraph(&style, &[&text]);
        }
    }

    fn seal(&mut self, seal: &Seal) {
        // The middle of the place for the seal.
        const FROM_RIGHT_PT: f64 = 75.0;
        let style = Style {
            align: Align::Left,
            centers_pt: vec![(self.width_pt - FROM_RIGHT_PT).max(0.0)],
            keep_lines: true,
            ..self.base.clone()
        };
        let above = Style {
            keep_next: true,
            before_pt: if self.within {
                self.base.size_pt
            } else {
                self.layout.pitch_pt
            },
            after_pt: self.base.size_pt * 0.6,
            ..style.clone()
        };
        if !seal.seal.is_empty() {
            self.paragraph(&above, &[&[], &seal.seal]);
        }
        self.paragraph(&style, &[&seal.sign, &seal.date]);
    }

    /// The day stands so far off the edge, and who signs in the middle above it.
    fn signature(&mut self, lines: &[Vec<Inline>]) {
        let size_pt = self.base.size_pt;
        let half = |line: &Vec<Inline>| em(&plain(line)) * size_pt / 2.0;
        let longest = lines.iter().map(half).fold(0.0, f64::max);
        let day = lines.last().map_or(0.0, half);
        let center = (self.width_pt - self.layout.signature_right * size_pt - day)
            .min(self.width_pt - longest);
        let room = if self.within {
            size_pt
        } else {
            2.0 * self.layout.pitch_pt
        };
        // A name of more than a line can't stand around a tab, and leaves no room beside it.
        let is_wide = 2.0 * longest > self.width_pt;
        for (at, line) in lines.iter().enumerate() {
            let (align, centers_pt) = if is_wide {
                (Align::Center, Vec::new())
            } else {
                (Align::Left, vec![center.max(0.0)])
            };
            let style = Style {
                align,
                centers_pt,
                before_pt: if at == 0 { room } else { 0.0 },
                keep_next: at + 1 < lines.len(),
                keep_lines: true,
                ..self.base.clone()
            };
            let parts: &[&[Inline]] = if is_wide { &[line] } else { &[&[], line] };
            self.paragraph(&style, parts);
        }
    }

    fn picture(&mut self, shown: &Shown) {
        let Some(picture) = self.pictures.get(&shown.name) else {
            return;
        };
        let number = match self
            .media
            .iter()
            .position(|known| Arc::ptr_eq(known, picture))
        {
            Some(number) => number,
            None => {
                self.media.push(picture.clone());
                self.media.len() - 1
            }
        };
        self.numbered += 1;
        let align = match shown.align {
            Align::Both | Align::Left => "left",
            Align::Center => "center",
            Align::Right => "right",
        };
        let keep = if shown.caption.is_empty() {
            ""
        } else {
            "<w:keepNext/>"
        };
        // Word measures pictures in 36,000ths of a millimetre.
        let (width, height) = (
            (shown.width_mm * 36_000.0).round(),
            (shown.height_mm * 36_000.0).round(),
        );
        let (id, alt) = (self.numbered, escape(&shown.alt));
        // Writing into a String can't fail.
        let _ = write!(
            self.out,
            "<w:p><w:pPr>{keep}<w:jc w:val=\"{align}\"/></w:pPr><w:r><w:drawing>\
             <wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{width}\" cy=\"{height}\"/>\
             <wp:docPr id=\"{id}\" name=\"{id}\" descr=\"{alt}\"/>\
             <a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">\
             <pic:pic><pic:nvPicPr><pic:cNvPr id=\"{id}\" name=\"{id}\"/><pic:cNvPicPr/></pic:nvPicPr>\
             <pic:blipFill><a:blip r:embed=\"picture{number}\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>\
             <pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm>\
             <a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>\
             </wp:inline></w:drawing></w:r></w:p>"
        );
        if !shown.caption.is_empty() {
            let style = Style {
                align: shown.align,
                size_pt: self.base.size_pt * 0.85,
                ..self.base.clone()
            };
            self.paragraph(&style, &[&shown.caption]);
        }
    }
}

/// The width of a text, in characters of Chinese.
fn em(text: &str) -> f64 {
    let half = |character: char| if character.is_ascii() { 0.55 } else { 1.0 };
    text.chars().map(half).sum()
}
