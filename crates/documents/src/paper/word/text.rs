//! Paragraphs and runs.

use std::fmt::Write;

use quick_xml::escape::escape;

use crate::paper::{
    block::{Align, Inline},
    font::Fonts,
    layout::{Layout, Role},
    word::twips,
};

/// How a paragraph looks.
#[derive(Clone, Debug)]
pub(super) struct Style {
    pub role: Role,
    pub size_pt: f64,
    /// Six hexadecimal digits; empty for black.
    pub color: String,
    pub align: Align,
    /// How far the first line moves in, in characters; below zero out.
    pub first_line: f64,
    pub left_pt: f64,
    pub right_pt: f64,
    pub before_pt: f64,
    pub after_pt: f64,
    pub pitch: Pitch,
    pub keep_next: bool,
    pub keep_lines: bool,
    /// The level in the document's outline, from 1.
    pub level: Option<u8>,
    /// The middles of texts that tabs lead to.
    pub centers_pt: Vec<f64>,
    /// Where the tab of a gap ends.
    pub edge_pt: Option<f64>,
    /// A line below, in points and a color.
    pub line_below: Option<(f64, String)>,
}

/// From line to line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pitch {
    Exact(f64),
    /// Of the size of type.
    Times(f64),
}

impl Style {
    pub(super) fn body(layout: &Layout) -> Style {
        Style {
            role: Role::Body,
            size_pt: layout.size_pt,
            color: String::new(),
            align: Align::Both,
            first_line: 0.0,
            left_pt: 0.0,
            right_pt: 0.0,
            before_pt: 0.0,
            after_pt: 0.0,
            pitch: Pitch::Exact(layout.pitch_pt),
            keep_next: false,
            keep_lines: false,
            level: None,
            centers_pt: Vec::new(),
            edge_pt: None,
            line_below: None,
        }
    }
}

/// A paragraph; a tab stands between texts of `parts`.
pub(super) fn paragraph(out: &mut String, fonts: &Fonts, style: &Style, parts: &[&[Inline]]) {
    out.push_str("<w:p>");
    out.push_str(&paragraph_properties(style));
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push_str("<w:r><w:tab/></w:r>");
        }
        for inline in *part {
            run(out, fonts, style, inline);
        }
    }
    out.push_str("</w:p>");
}

/// A paragraph of nothing but height.
pub(super) fn gap(out: &mut String, points: f64, keep_next: bool) {
    empty(out, points, if keep_next { "<w:keepNext/>" } else { "" });
}

/// What follows begins a page. A break at the end of a paragraph would come to stand on a page of its own after one that is full.
pub(super) fn new_page(out: &mut String) {
    empty(out, 0.7, "<w:keepNext/><w:pageBreakBefore/>");
}

fn empty(out: &mut String, points: f64, keep: &str) {
    // Word's lines are between 0.7 and 1,584 points high.
    let height = twips(points.clamp(0.7, 1_580.0));
    let _ = write!(
        out,
        "<w:p><w:pPr>{keep}<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"{height}\" w:lineRule=\"exact\"/>\
         <w:rPr><w:sz w:val=\"2\"/></w:rPr></w:pPr></w:p>"
    );
}

/// In the order that the schema asks for.
pub(super) fn paragraph_properties(style: &Style) -> String {
    let mut out = String::from("<w:pPr>");
    if let Some(level) = style.level {
        let _ = write!(out, "<w:pStyle w:val=\"Heading{level}\"/>");
    }
    if style.keep_next {
        out.push_str("<w:keepNext/>");
    }
    if style.keep_lines {
        out.push_str("<w:keepLines/>");
    }
    if let Some((points, color)) = &style.line_below {
        let _ = write!(
            out,
            "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"{}\" w:space=\"11\" w:color=\"{color}\"/></w:pBdr>",
            (points * 8.0).round()
        );
    }
    if !style.centers_pt.is_empty() || style.edge_pt.is_some() {
        out.push_str("<w:tabs>");
        for center in &style.centers_pt {
            let _ = write!(
                out,
                "<w:tab w:val=\"center\" w:pos=\"{}\"/>",
                twips(*center)
            );
        }
        if let Some(edge) = style.edge_pt {
            let _ = write!(out, "<w:tab w:val=\"right\" w:pos=\"{}\"/>", twips(edge));
        }
        out.push_str("</w:tabs>");
    }
    let (line, rule) = match style.pitch {
        Pitch::Exact(points) => (twips(points), "exact"),
        Pitch::Times(times) => (twips(times * style.size_pt), "exact"),
    };
    let first = if style.first_line < 0.0 {
        "hanging"
    } else {
        "firstLine"
    };
    let _ = write!(
        out,
        "<w:snapToGrid w:val=\"0\"/><w:spacing w:before=\"{}\" w:after=\"{}\" w:line=\"{line}\" w:lineRule=\"{rule}\"/>\
         <w:ind w:left=\"{}\" w:right=\"{}\" w:{first}=\"{}\"/>",
        twips(style.before_pt),
        twips(style.after_pt),
        twips(style.left_pt),
        twips(style.right_pt),
        twips(style.first_line.abs() * style.size_pt),
    );
    let align = match style.align {
        Align::Both => "both",
        Align::Left => "left",
        Align::Center => "center",
        Align::Right => "right",
    };
    let _ = write!(out, "<w:jc w:val=\"{align}\"/></w:pPr>");
    out
}

/// The properties of a run.
pub(super) fn properties(style: &Style, fonts: &Fonts, strong: bool, under: bool) -> String {
    let role = if strong { Role::Heading } else { style.role };
    let chosen = fonts.roles.of(role);
    let font = escape(&chosen.word);
    let mut out = format!(
        "<w:rPr><w:rFonts w:ascii=\"{font}\" w:hAnsi=\"{font}\" w:eastAsia=\"{font}\" w:cs=\"{font}\"/>"
    );
    if style.level == Some(4) {
        out.push_str("<w:b/>");
    }
    if !style.color.is_empty() {
        let _ = write!(out, "<w:color w:val=\"{}\"/>", style.color);
    }
    // Sizes are half points; what is left goes into the space between characters, so that as many stand in a line.
    let half_points = (style.size_pt * 2.0).ceil();
    let closer = twips(style.size_pt - half_points / 2.0);
    if closer != 0 {
        let _ = write!(out, "<w:spacing w:val=\"{closer}\"/>");
    }
    let _ = write!(
        out,
        "<w:sz w:val=\"{half_points}\"/><w:szCs w:val=\"{half_points}\"/>"
    );
    if under {
        out.push_str("<w:u w:val=\"single\"/>");
    }
    out.push_str("</w:rPr>");
    out
}

fn run(out: &mut String, fonts: &Fonts, style: &Style, inline: &Inline) {
    /// A line to write on that goes to the end of the line, in characters: Word knows no such thing.
    const REST: f64 = 16.0;
    match inline {
        Inline::Text {
            text,
            strong,
            under,
        } => {
            let properties = properties(style, fonts, *strong, *under);
            let _ = write!(
                out,
                "<w:r>{properties}<w:t xml:space=\"preserve\">{}</w:t></w:r>",
                escape(text)
            );
        }
        Inline::LineBreak => out.push_str("<w:r><w:br/></w:r>"),
        Inline::Gap => out.push_str("<w:r><w:tab/></w:r>"),
        Inline::Blank { characters } => {
            let properties = properties(style, fonts, false, true);
            // At most 2,000, as the reading of templates checks.
            let spaces = characters.unwrap_or(REST).round() as usize;
            let _ = write!(
                out,
                "<w:r>{properties}<w:t xml:space=\"preserve\">{}</w:t></w:r>",
                "\u{3000}".repeat(spaces)
            );
        }
    }
}
