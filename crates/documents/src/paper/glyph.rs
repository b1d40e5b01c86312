//! Looks for characters that no font has, before a page is made: what would be a box in print is named instead.

use std::collections::BTreeSet;

use crate::paper::{
    block::{Block, Inline, Paper, Picture, Placed, Table},
    fault::{Fault, Place},
    font::Fonts,
    layout::Role,
};

/// Checks all texts of a paper.
///
/// # Errors
/// If a block has characters that its fonts don't have: all of that block's are named.
pub fn check(paper: &Paper, fonts: &Fonts) -> Result<(), Fault> {
    let mut checking = Checking {
        fonts,
        known: BTreeSet::new(),
    };
    for placed in &paper.blocks {
        checking.block(placed, Role::Body)?;
    }
    let place = paper.blocks.first().map(|placed| placed.place.clone());
    for picture in paper.pictures.values() {
        if let Picture::Svg { text, .. } = &**picture {
            checking.text(
                &shown(text),
                Role::Heading,
                &place.clone().unwrap_or_default(),
            )?;
        }
    }
    Ok(())
}

struct Checking<'a> {
    fonts: &'a Fonts,
    /// What was found already: papers repeat their characters.
    known: BTreeSet<(Role, char)>,
}

impl Checking<'_> {
    fn block(&mut self, placed: &Placed, role: Role) -> Result<(), Fault> {
        let place = &placed.place;
        match &placed.block {
            Block::RedHead { text } | Block::Title { text } => {
                self.inlines(text, Role::Title, place)
            }
            Block::Number { text } => self.inlines(text, role, place),
            Block::Heading { level, text } => {
                let role = match level {
                    1 => Role::Heading,
                    2 => Role::Subheading,
                    _ => Role::Body,
                };
                self.inlines(text, role, place)
            }
            Block::Para(para) => self.inlines(&para.text, role, place),
            Block::List { items: lines, .. }
            | Block::Signature { lines }
            | Block::Record { lines } => lines
                .iter()
                .try_for_each(|line| self.inlines(line, role, place)),
            Block::Table(table) => self.table(table, role),
            Block::Seal(seal) => [&seal.sign, &seal.seal, &seal.date]
                .into_iter()
                .try_for_each(|line| self.inlines(line, role, place)),
            Block::Picture(shown) => self.inlines(&shown.caption, role, place),
            Block::Space { .. } | Block::Fill | Block::Break => Ok(()),
        }
    }

    fn table(&mut self, table: &Table, role: Role) -> Result<(), Fault> {
        let rows = [(&table.header, Role::Heading), (&table.rows, role)];
        for (rows, role) in rows {
            for cell in rows.iter().flat_map(|row| &row.cells) {
                for placed in &cell.blocks {
                    self.block(placed, role)?;
                }
            }
        }
        Ok(())
    }

    fn inlines(&mut self, inlines: &[Inline], role: Role, place: &Place) -> Result<(), Fault> {
        for inline in inlines {
            if let Inline::Text { text, strong, .. } = inline {
                // Strong text is set in the heading's face.
                self.text(text, if *strong { Role::Heading } else { role }, place)?;
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &str, role: Role, place: &Place) -> Result<(), Fault> {
        let mut missing = Vec::new();
        for character in text.chars() {
            if is_invisible(character) || self.known.contains(&(role, character)) {
                continue;
            }
            if self.fonts.has(role, character) {
                self.known.insert((role, character));
            } else if !missing.contains(&character) {
                missing.push(character);
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        Err(Fault::MissingCharacters {
            place: place.clone(),
            characters: missing,
            families: self.fonts.roles.of(role).families.clone(),
        })
    }
}

/// Characters without a shape of their own: spaces, joiners, variation selectors.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(
            character,
            '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}'
        )
}

/// The texts of an SVG, without its tags; entities stay as they are, in letters that every font has.
fn shown(svg: &str) -> String {
    let mut shown = String::new();
    let mut in_tag = false;
    for character in svg.chars() {
        match character {
            '<' => in_tag = true,
            '>' => in_tag = false,
            character if !in_tag => shown.push(character),
            _ => {}
        }
    }
    shown
}
