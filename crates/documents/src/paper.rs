//! Papers: forms, letters, decisions, certificates, from plain data to PDF and DOCX.
//!
//! A kind of paper is a template in `papers/` (see `docs/papers.md`): text which, with the values of any serializable data in it, is a small XML of
//! blocks. Both formats are made from the same blocks and the same measures (`papers/layouts.toml`). The same data gives the same bytes.
//!
//! Data go through a template to XML (`template`), are read into blocks (`reading`), compared with the fonts at hand (`glyph`), and set as PDF (`typeset`) or written
//! as DOCX (`word`).

pub mod block;
mod chart;
pub mod check;
mod code;
pub mod fault;
mod font;
mod glyph;
pub mod kind;
pub mod layout;
mod picture;
mod reading;
mod template;
mod tree;
mod typeset;
mod word;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::Serialize;

use crate::paper::{
    block::{Paper, Picture},
    fault::Fault,
    font::Fonts,
    template::Templates,
    typeset::Shared,
};

/// Templates, layouts and fonts, read once and shared by all threads.
pub struct Press {
    templates: Templates,
    fonts: Fonts,
    shared: Shared,
}

/// Pictures by the names that templates know them by.
pub type Pictures = BTreeMap<String, Arc<Picture>>;

/// Reads the templates (the built-in ones, and in their stead those in the city's folder) and looks for the fonts (in the given folders, or if there
/// are none in the system's). It takes some tenths of a second: keep what it gives.
///
/// # Errors
/// If a template or the layouts have a mistake, with its line and column, or fonts are missing, with what to install.
pub fn open(papers: Option<&Path>, fonts: &[PathBuf]) -> Result<Press, Fault> {
    let templates = Templates::open(papers)?;
    let fonts = Fonts::open(&Fonts::folders(fonts), &templates.layouts)?;
    Ok(Press {
        templates,
        fonts,
        shared: Shared::new()?,
    })
}

/// Reads a picture that is handed in: PNG, JPEG or SVG.
///
/// # Errors
/// If it is none of them, or its size can't be read.
pub fn picture(name: &str, bytes: Vec<u8>) -> Result<Arc<Picture>, Fault> {
    picture::picture(name, bytes).map(Arc::new)
}

/// A paper of a kind from its data, checked: every name is there, every picture, and a font for every character.
///
/// # Errors
/// If something of that is not so, with the place in the template.
pub fn compose(
    press: &Press,
    kind: &str,
    data: &impl Serialize,
    pictures: &Pictures,
) -> Result<Paper, Fault> {
    let rendered = press.templates.render(kind, data)?;
    let root = tree::tree(&rendered)?;
    let paper = reading::paper(&root, &press.templates.layouts, pictures)?;
    glyph::check(&paper, &press.fonts)?;
    Ok(paper)
}

/// One PDF of papers of any kinds, each beginning on a page of its own.
///
/// # Errors
/// If a picture is damaged.
pub fn pdf(press: &Press, papers: &[Paper]) -> Result<Vec<u8>, Fault> {
    typeset::pdf(
        &press.shared,
        &press.fonts,
        &press.templates.layouts,
        papers,
    )
}

/// A document of some of many papers.
pub struct Part {
    pub pdf: Vec<u8>,
    /// How many papers are in it.
    pub papers: usize,
}

/// Papers of one kind from any number of data, as PDFs of at most `at_once` papers each, handed to `write` in order. A part for each thread is in memory together and no more, so
/// memory does not grow with the number of papers. Nothing is set after `write` has failed.
///
/// # Errors
/// The first mistake that is found, or what `write` says.
pub fn pdf_in_parts<T: Serialize + Send, E: From<Fault>>(
    press: &Press,
    kind: &str,
    data: impl IntoIterator<Item = T>,
    pictures: &Pictures,
    at_once: usize,
    mut write: impl FnMut(Part) -> Result<(), E>,
) -> Result<(), E> {
    let mut data = data.into_iter();
    loop {
        let portions: Vec<Vec<T>> = (0..rayon::current_num_threads().max(1))
            .map(|_| data.by_ref().take(at_once.max(1)).collect())
            .filter(|portion: &Vec<T>| !portion.is_empty())
            .collect();
        if portions.is_empty() {
            return Ok(());
        }
        let parts: Vec<Part> = portions
            .into_par_iter()
            .map(|portion| {
                let papers: Vec<Paper> = portion
                    .iter()
                    .map(|data| compose(press, kind, data, pictures))
                    .collect::<Result<_, _>>()?;
                Ok(Part {
                    pdf: pdf(press, &papers)?,
                    papers: papers.len(),
                })
            })
            .collect::<Result<_, Fault>>()?;
        for part in parts {
            write(part)?;
        }
    }
}

/// A paper to be edited in Word, WPS or LibreOffice.
///
/// # Errors
/// If a picture can't be converted.
pub fn docx(press: &Press, paper: &Paper) -> Result<Vec<u8>, Fault> {
    word::docx(&press.templates.layouts, &press.fonts, paper)
}
