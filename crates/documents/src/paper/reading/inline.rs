//! The text of a paragraph, and the white space of a template that is not meant.

use crate::paper::{
    block::Inline,
    fault::Fault,
    reading::attribute::{flag, known, number, wrong},
    tree::{Element, Node},
};

/// Elements that stand in a line.
pub(super) fn is_inline(name: &str) -> bool {
    matches!(name, "strong" | "u" | "br" | "blank" | "gap")
}

pub(super) fn has_text(inlines: &[Inline]) -> bool {
    inlines.iter().any(|inline| match inline {
        Inline::Text { text, .. } => !text.trim().is_empty(),
        Inline::Blank { .. } => true,
        Inline::LineBreak | Inline::Gap => false,
    })
}

/// Whether there is a word, such as an address, that no line breaks in: the line before it is not pulled to the edge.
pub(super) fn has_long_word(inlines: &[Inline]) -> bool {
    const LONG: usize = 18;
    inlines.iter().any(|inline| match inline {
        Inline::Text { text, .. } => text
            .split(|character: char| !character.is_ascii_graphic())
            .any(|word| word.len() >= LONG),
        _ => false,
    })
}

/// The text of an attribute.
pub(super) fn text(text: &str) -> Vec<Inline> {
    if text.is_empty() {
        return Vec::new();
    }
    vec![Inline::Text {
        text: printable(text),
        strong: false,
        under: false,
    }]
}

/// The text of an element.
pub(super) fn inlines(element: &Element) -> Result<Vec<Inline>, Fault> {
    let mut inlines = Vec::new();
    gather(element, false, false, &mut inlines)?;
    trim(&mut inlines);
    Ok(inlines)
}

fn gather(
    element: &Element,
    strong: bool,
    under: bool,
    inlines: &mut Vec<Inline>,
) -> Result<(), Fault> {
    for child in &element.children {
        match child {
            Node::Text(text) => {
                let text = collapsed(&printable(text));
                if !text.is_empty() {
                    inlines.push(Inline::Text {
                        text,
                        strong,
                        under,
                    });
                }
            }
            Node::Element(child) => match child.name.as_str() {
                "strong" => {
                    known(child, &[])?;
                    gather(child, true, under, inlines)?;
                }
                "u" => {
                    known(child, &[])?;
                    gather(child, strong, true, inlines)?;
                }
                "br" => {
                    known(child, &[])?;
                    inlines.push(Inline::LineBreak);
                }
                "gap" => {
                    known(child, &[])?;
                    inlines.push(Inline::Gap);
                }
                "blank" => {
                    known(child, &["width", "fill"])?;
                    let characters = if flag(child, "fill")? {
                        None
                    } else {
                        Some(number(child, "width", Some(8.0))?)
                    };
                    inlines.push(Inline::Blank { characters });
                }
                name => {
                    return Err(wrong(
                        child,
                        format!("<{name}> does not belong into a line of text"),
                    ));
                }
            },
        }
    }
    Ok(())
}

/// Leaves out control characters, which no font has and no file format takes; a tab is a space.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|character| if character == '\t' { ' ' } else { character })
        .filter(|character| *character == '\n' || !character.is_control())
        .filter(|character| !matches!(character, '\u{FFFE}' | '\u{FFFF}' | '\u{FEFF}'))
        .collect()
}

/// One space for several; nothing for a line end beside Chinese, where it is the template's own.
fn collapsed(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find([' ', '\n']) {
        collapsed.push_str(&rest[..at]);
        let after = rest[at..].trim_start_matches([' ', '\n']);
        let space = &rest[at..rest.len() - after.len()];
        let beside = [collapsed.chars().next_back(), after.chars().next()];
        let is_layout = space.contains('\n')
            && beside
                .iter()
                .any(|character| character.is_none_or(|character| !character.is_ascii()));
        if !is_layout {
            collapsed.push(' ');
        }
        rest = after;
    }
    collapsed.push_str(rest);
    collapsed
}

/// No spaces at the beginning and the end of a paragraph and around its line breaks.
fn trim(inlines: &mut Vec<Inline>) {
    let mut at_start = true;
    for inline in inlines.iter_mut() {
        match inline {
            Inline::Text { text, .. } => {
                if at_start {
                    *text = text.trim_start_matches(' ').to_owned();
                }
                at_start = at_start && text.is_empty();
            }
            Inline::LineBreak | Inline::Gap => at_start = true,
            Inline::Blank { .. } => at_start = false,
        }
    }
    let mut at_end = true;
    for inline in inlines.iter_mut().rev() {
        match inline {
            Inline::Text { text, .. } => {
                if at_end {
                    *text = text.trim_end_matches(' ').to_owned();
                }
                at_end = at_end && text.is_empty();
            }
            Inline::LineBreak | Inline::Gap => at_end = true,
            Inline::Blank { .. } => at_end = false,
        }
    }
    inlines.retain(|inline| !matches!(inline, Inline::Text { text, .. } if text.is_empty()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_of_a_template_leave_no_gap_in_chinese() {
        for (text, expect) in [
            ("职工之家\n    建设", "职工之家建设"),
            ("two\n  words", "two words"),
            ("第 1 条", "第 1 条"),
            ("a   b", "a b"),
            ("　　年　月　日", "　　年　月　日"),
            ("ab\n中", "ab中"),
        ] {
            assert_eq!(collapsed(text), expect, "{text:?}");
        }
    }

    #[test]
    fn what_no_font_can_show_is_left_out() {
        assert_eq!(printable("工\u{0}会\u{7f}\t一\u{FEFF}"), "工会 一");
    }
}
