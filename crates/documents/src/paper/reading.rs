//! From elements to blocks. Whatever is not understood is a mistake with its place: nothing that a template says is silently left out.

mod attribute;
mod inline;
mod picture;
mod table;

use std::{collections::BTreeMap, sync::Arc};

use crate::paper::{
    block::{Align, Block, Inline, Paper, Para, Picture, Placed, Seal, Size, plain},
    fault::Fault,
    layout::Layouts,
    reading::{
        attribute::{align, attribute, children, date, flag, known, number, required, wrong},
        inline::{has_long_word, has_text, inlines, is_inline},
        picture::{chart, image, qr},
        table::table,
    },
    tree::{Element, Node},
};

/// The blocks of a paper.
///
/// # Errors
/// If an element or attribute is not known there, or a picture was not handed in.
pub fn paper(
    root: &Element,
    layouts: &Layouts,
    pictures: &BTreeMap<String, Arc<Picture>>,
) -> Result<Paper, Fault> {
    if root.name != "paper" {
        return Err(wrong(root, format!("<{}> is no <paper>", root.name)));
    }
    known(root, &["layout", "title", "author", "date"])?;
    let layout = required(root, "layout")?;
    if !layouts.layout.contains_key(layout) {
        let names: Vec<&str> = layouts.layout.keys().map(String::as_str).collect();
        return Err(wrong(
            root,
            format!(
                "there is no layout {layout:?}; there are {}",
                names.join(", ")
            ),
        ));
    }
    let dated_on = match attribute(root, "date").filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(
            date(text)
                .ok_or_else(|| wrong(root, format!("date={text:?} is no day like 2016-12-01")))?,
        ),
    };
    let mut reading = Reading {
        handed_in: pictures,
        pictures: BTreeMap::new(),
    };
    let blocks = blocks(root, &mut reading)?;
    Ok(Paper {
        layout: layout.to_owned(),
        title: required(root, "title")?.to_owned(),
        author: attribute(root, "author").unwrap_or_default().to_owned(),
        dated_on,
        blocks,
        pictures: reading.pictures,
    })
}

/// What reading gathers beside the blocks.
struct Reading<'a> {
    handed_in: &'a BTreeMap<String, Arc<Picture>>,
    pictures: BTreeMap<String, Arc<Picture>>,
}

/// The blocks in an element that has no text of its own.
fn blocks(parent: &Element, reading: &mut Reading<'_>) -> Result<Vec<Placed>, Fault> {
    let mut blocks = Vec::new();
    for child in &parent.children {
        match child {
            Node::Element(element) => {
                if let Some(block) = block(element, reading)? {
                    blocks.push(Placed {
                        block,
                        place: element.place.clone(),
                    });
                }
            }
            Node::Text(text) if text.trim().is_empty() => {}
            Node::Text(text) => {
                let text: String = text.trim().chars().take(20).collect();
                return Err(wrong(
                    parent,
                    format!("text stands outside of a paragraph: {text:?}"),
                ));
            }
        }
    }
    keep_signatures(&mut blocks);
    Ok(blocks)
}

/// The paragraph before a signature or a seal stays on its page: they never stand alone.
fn keep_signatures(blocks: &mut [Placed]) {
    let mut is_kept = false;
    for placed in blocks.iter_mut().rev() {
        match &mut placed.block {
            Block::Signature { .. } | Block::Seal(_) => is_kept = true,
            Block::Space { .. } => {}
            Block::Para(para) => {
                para.keep |= is_kept;
                is_kept = false;
            }
            _ => is_kept = false,
        }
    }
}

/// `None` for a paragraph without anything in it: an optional value that is empty.
fn block(element: &Element, reading: &mut Reading<'_>) -> Result<Option<Block>, Fault> {
    let text = |names: &[&str]| {
        known(element, names)?;
        inlines(element)
    };
    Ok(Some(match element.name.as_str() {
        "red-head" => Block::RedHead { text: text(&[])? },
        "number" => Block::Number { text: text(&[])? },
        "title" => Block::Title { text: text(&[])? },
        "heading" => {
            let text = text(&["level"])?;
            let level = match attribute(element, "level").unwrap_or("1") {
                "1" => 1,
                "2" => 2,
                "3" => 3,
                _ => return Err(wrong(element, "level is 1, 2 or 3".to_owned())),
            };
            Block::Heading { level, text }
        }
        "para" => match para(element)? {
            Some(para) => Block::Para(para),
            None => return Ok(None),
        },
        "list" => {
            known(element, &["numbered"])?;
            let items: Vec<_> = children(element, &["item"])?
                .into_iter()
                .map(|item| {
                    known(item, &[])?;
                    inlines(item)
                })
                .collect::<Result<_, _>>()?;
            let numbered = flag(element, "numbered")?;
            Block::List { numbered, items }
        }
        "table" | "form" | "grid" => Block::Table(table(element, reading)?),
        "seal" => {
            known(element, &["sign", "seal", "date"])?;
            Block::Seal(seal(element))
        }
        "signature" => {
            known(element, &[])?;
            Block::Signature {
                lines: lines(element)?,
            }
        }
        "record" => {
            known(element, &[])?;
            Block::Record {
                lines: lines(element)?,
            }
        }
        "qr" => qr(element, reading)?,
        "image" => image(element, reading)?,
        "chart" => chart(element, reading)?,
        "space" => {
            known(element, &["mm"])?;
            Block::Space {
                mm: number(element, "mm", None)?,
            }
        }
        "fill" => {
            known(element, &[])?;
            Block::Fill
        }
        "break" => {
            known(element, &[])?;
            Block::Break
        }
        name => {
            let what = format!("there is no block <{name}>, or it does not belong here");
            return Err(wrong(element, what));
        }
    }))
}

fn para(element: &Element) -> Result<Option<Para>, Fault> {
    known(element, &["align", "indent", "size", "keep", "empty"])?;
    let text = inlines(element)?;
    if !has_text(&text) && !flag(element, "empty")? {
        return Ok(None);
    }
    let align = align(element)?;
    let otherwise = if has_long_word(&text) {
        Align::Left
    } else {
        Align::Both
    };
    Ok(Some(Para {
        text,
        align: align.unwrap_or(otherwise),
        indent: match attribute(element, "indent") {
            Some(_) => flag(element, "indent")?,
            None => align.is_none(),
        },
        size: match attribute(element, "size") {
            None => Size::Body,
            Some("small") => Size::Small,
            Some("large") => Size::Large,
            Some(_) => return Err(wrong(element, "size is small or large".to_owned())),
        },
        keep: flag(element, "keep")?,
    }))
}

fn seal(element: &Element) -> Seal {
    let line = |name: &str| inline::text(attribute(element, name).unwrap_or_default());
    Seal {
        sign: line("sign"),
        seal: line("seal"),
        date: line("date"),
    }
}

fn lines(element: &Element) -> Result<Vec<Vec<Inline>>, Fault> {
    children(element, &["line"])?
        .into_iter()
        .map(|line| {
            known(line, &[])?;
            inlines(line)
        })
        .collect()
}

/// The blocks of a cell: its own, or one paragraph of its text.
fn content(
    element: &Element,
    align: Align,
    reading: &mut Reading<'_>,
) -> Result<Vec<Placed>, Fault> {
    let is_text = element.children.iter().all(|child| match child {
        Node::Text(_) => true,
        Node::Element(child) => is_inline(&child.name),
    });
    if !is_text {
        return blocks(element, reading);
    }
    let text = inlines(element)?;
    if !has_text(&text) {
        return Ok(Vec::new());
    }
    Ok(vec![Placed {
        block: Block::Para(Para {
            text,
            align,
            indent: false,
            size: Size::Body,
            keep: false,
        }),
        place: element.place.clone(),
    }])
}

/// The characters of blocks.
fn length(blocks: &[Placed]) -> usize {
    let of = |text: &[Inline]| plain(text).chars().count();
    blocks
        .iter()
        .map(|placed| match &placed.block {
            Block::RedHead { text }
            | Block::Number { text }
            | Block::Title { text }
            | Block::Heading { text, .. } => of(text),
            Block::Para(para) => of(&para.text),
            Block::List { items: lines, .. }
            | Block::Signature { lines }
            | Block::Record { lines } => lines.iter().map(|line| of(line)).sum(),
            Block::Table(table) => table
                .rows
                .iter()
                .flat_map(|row| &row.cells)
                .map(|cell| length(&cell.blocks))
                .sum(),
            Block::Seal(_)
            | Block::Picture(_)
            | Block::Space { .. }
            | Block::Fill
            | Block::Break => 0,
        })
        .sum()
}
